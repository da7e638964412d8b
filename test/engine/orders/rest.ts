import { executionArnOf } from '#core/job/job.ts'
import { commitJob } from '#engine/jobs/commit.ts'
import type { Execution, StandDownInput } from '#engine/ports.ts'
import { drain } from '#engine/stand-down/drain.ts'
import { type HookInvocation, nextHookRound } from '#engine/stand-down/next-hooks.ts'
import { settleJob } from '#engine/stand-down/settle.ts'
import { sweep } from '#engine/sweep.ts'
import type { Run } from './run.ts'
import type { Snapshot, StandDownTask } from './snapshot.ts'
import { callOf, EXECUTION, STAND_DOWN, STEPS, type System } from './system.ts'
import type { Watch } from './watch.ts'
import { invokeHook, invokeStep, isUnfinished, type Process } from './work.ts'

const MAX_ROUNDS = 12

type Rest = {
  system: System
  watch: Watch
  /** A task of the execution waits in a parking state. */
  parked: boolean
  start: Snapshot
  processes: number
}

/**
 * Everybody else is gone. The chain goes on if its execution still runs and is not parked, the sweeper comes
 * now and then, and the stand-downs that it starts run, each alone: until nothing changes any more.
 */
export async function comeToRest({ system, watch, outcomes, start }: Run): Promise<void> {
  const rest: Rest = { system, watch, parked: outcomes.includes('parked'), start, processes: 0 }
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const before = marksOf(system)
    system.letAWhilePass()
    await runChain(rest)
    const { failed } = await sweep(system.ports)
    if (failed.length > 0) throw failed[0]!.error
    await runStandDowns(rest)
    if (marksOf(system) === before) return
  }
  throw new Error(`I2: the job does not come to rest in ${MAX_ROUNDS} rounds`)
}

const marksOf = ({ ports }: System): string => {
  const statuses = [...ports.executions.all].map(([arn, { status }]) => `${arn} ${status}`)
  return [ports.table.writes.length, ...statuses].join()
}

function newProcess(rest: Rest): Process {
  rest.processes += 1
  const name = `rest-${rest.processes}`
  return { name, system: rest.system, ports: rest.system.portsOf(name), watch: rest.watch }
}

async function runChain(rest: Rest): Promise<void> {
  if (rest.parked || rest.system.execution?.status !== 'RUNNING') return
  try {
    for (const name of STEPS) await invokeStep(newProcess(rest), name)
    await commitJob(newProcess(rest).ports, callOf('verify'))
    rest.system.ports.executions.end(EXECUTION, 'SUCCEEDED')
  } catch (error) {
    const { name } = error as Error
    if (name !== 'JobAborted' && name !== 'StepFenced') throw error
    rest.parked = true
  }
}

async function runStandDowns(rest: Rest): Promise<void> {
  const { executions } = rest.system.ports
  const open = ([arn, { status }]: [string, Execution]): boolean =>
    arn.startsWith(executionArnOf(STAND_DOWN, '')) && status === 'RUNNING'
  for (const [arn, { input }] of [...executions.all].filter(open)) {
    const goesOn = rest.start.executions.some(([known]) => known === arn)
    const given = JSON.parse(input) as StandDownInput
    const settled = await standDown(rest, given, goesOn ? rest.start.standDownAt : 'drain')
    executions.end(arn, settled ? 'SUCCEEDED' : 'FAILED')
  }
}

/** The workflow from a task of it to its end; what it waits for has ended after a while. False when it fails. */
async function standDown(rest: Rest, input: StandDownInput, from: StandDownTask): Promise<boolean> {
  const { ports } = rest.system
  while (from === 'drain' && (await drain(ports, input)).running > 0) rest.system.letAWhilePass()
  if (from !== 'settle') await cleanUp(rest, input)
  return settleJob(ports, input).then(
    () => true,
    (error: Error) => {
      if (!isUnfinished(error)) throw error
      return false
    },
  )
}

async function cleanUp(rest: Rest, input: StandDownInput): Promise<void> {
  const { ports } = rest.system
  for (let results: HookInvocation[] = []; ; ) {
    const { calls } = await nextHookRound(ports, { ...input, results })
    if (calls.length === 0) return
    results = []
    for (const call of calls) results.push(await runHookCall(rest, call))
  }
}

async function runHookCall(rest: Rest, call: HookInvocation): Promise<HookInvocation> {
  const step = (await rest.system.ports.steps.get(call.payload.standdown.key))!
  try {
    await invokeHook(newProcess(rest), call.payload, step)
    return call
  } catch (error) {
    const { name, message } = error as Error
    return { ...call, error: { Error: name, Cause: JSON.stringify({ errorMessage: message }) } }
  }
}
