import type { HookTools, RunTools } from '#sdk/index.ts'
import { defaultTimeout, type PowerState, TARGETS } from '../targets.ts'
import type { NodePowerInput } from '../template.ts'
import { BmcError, BmcRefusal, type PowerDriver } from './driver.ts'
import type { DrivenNode } from './open-driver.ts'
import { operate, PowerFailed } from './operate.ts'

/** In milliseconds since the epoch; `told` once the BMC may have been told. */
export type PowerCheckpoint = { deadline: number; told: number | null }

/** What the BMC says now, and which resets it allows. */
export type SetPowerResult = { power_state: PowerState | null; allowed_resets: string[] | null }

export type PowerParts = {
  open(node: DrivenNode): Promise<PowerDriver>
  now(): number
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
}

const drivenNode = ({ target, ...input }: NodePowerInput, told: number | null): DrivenNode => ({
  ...input,
  told: told === null ? null : { type: TARGETS[target].reset, at: told },
})

/**
 * Brings the node to its target. The node itself is not written here: what became of its operation is what became of
 * the job.
 *
 * @throws PowerFailed
 */
export async function setPower(
  parts: PowerParts,
  input: NodePowerInput,
  tools: RunTools<PowerCheckpoint>,
): Promise<SetPowerResult> {
  const { target, timeout = defaultTimeout(target) } = input
  const kept: PowerCheckpoint = tools.resumeFrom ?? { deadline: parts.now() + timeout * 1000, told: null }
  const driver = await opened(parts, drivenNode(input, kept.told), kept)
  const order = { target, deadline: kept.deadline, told: kept.told !== null }
  try {
    const { power, allowed } = await operate(driver, order, {
      signal: tools.signal,
      now: parts.now,
      sleep: (milliseconds) => parts.sleep(milliseconds, tools.signal),
      pointOfNoReturn: () => tools.pointOfNoReturn(),
      safePoint: async (told) => {
        if (told) kept.told ??= parts.now()
        await tools.checkpoint({ ...kept })
      },
    })
    return { power_state: power, allowed_resets: allowed }
  } finally {
    await driver.close()
  }
}

/** A secret that cannot be read now is asked for again, as a BMC that does not answer. */
async function opened(
  { open, now }: PowerParts,
  node: DrivenNode,
  { deadline }: PowerCheckpoint,
): Promise<PowerDriver> {
  try {
    return await open(node)
  } catch (error) {
    if (error instanceof BmcRefusal || (error instanceof BmcError && now() > deadline)) {
      throw new PowerFailed(error.message, { cause: error })
    }
    throw error
  }
}

/**
 * The `abort` hook: takes an NMI back where the BMC has a way for that. What a soft operation has begun goes on inside the
 * machine, and the power sync sees how it ends.
 */
export async function abortPower(
  { open }: PowerParts,
  tools: HookTools<PowerCheckpoint, SetPowerResult>,
): Promise<void> {
  const input = tools.job.input as NodePowerInput
  const told = tools.checkpoint?.told ?? null
  if (input.target !== 'inject nmi' || told === null) return
  const driver = await open(drivenNode(input, told))
  try {
    await driver.abortNmi()
  } finally {
    await driver.close()
  }
}
