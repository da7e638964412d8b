import { inspect } from 'node:util'
import type { Outcome } from './outcome.ts'
import type { StepTest, TestStepOptions } from './test-step.ts'

/** More safe points than any test should have. */
const MOST = 1_000

type Tested = Pick<StepTest<unknown, unknown, unknown>, 'abortAt' | 'crashAfter'> & {
  options: Pick<TestStepOptions<unknown>, 'left'>
}
type Way = (tested: Tested, n: number) => Promise<Outcome<unknown, unknown>>

const WAYS: Record<string, Way> = {
  'aborted gracefully': (tested, n) => tested.abortAt(undefined, n),
  'aborted by force': (tested, n) => tested.abortAt(undefined, n, { mode: 'force' }),
  'aborted by force after a crash': (tested, n) =>
    tested.crashAfter(undefined, n, { kept: false, thenAbort: 'force' }),
}

/** Each way at each safe point, until the step ends before it comes to another. */
export async function abortEverywhere(tested: Tested): Promise<number> {
  let aborts = 0
  for (const [way, abort] of Object.entries(WAYS)) {
    for (let n = 1; ; n += 1) {
      const outcome = await abort(tested, n)
      if (!outcome.reached) break
      await check(tested, outcome, `${way} at its safe point ${n}`)
      aborts += 1
      if (n > MOST) throw new Error(`the step has more than ${MOST} safe points: give it less to do`)
    }
  }
  if (aborts === 0) throw new Error('the step came to no safe point: call checkpoint() or pointOfNoReturn()')
  return aborts
}

async function check({ options }: Tested, outcome: Outcome<unknown, unknown>, when: string): Promise<void> {
  const { state, job, fault } = outcome
  if (state === 'FAILED' || job !== 'CANCELLED') {
    throw new Error(`${when} the step is ${state} and its job ${job}: ${fault ?? 'no fault is known'}`)
  }
  // A boundary or never step runs to its end, and leaves its result.
  if (state === 'SUCCEEDED') return
  const left = (await options.left?.()) ?? []
  if (left.length > 0) throw new Error(`${when} the step left behind: ${inspect(left)}`)
}
