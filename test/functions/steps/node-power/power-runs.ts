import { afterEach, beforeEach } from 'vitest'
import { type PowerCheckpoint, setPower } from '#functions/steps/node-power/power/set-power.ts'
import { redfishOptions } from '#functions/steps/node-power/redfish/options.ts'
import { RedfishDriver } from '#functions/steps/node-power/redfish/redfish-driver.ts'
import { RedfishSession } from '#functions/steps/node-power/redfish/session.ts'
import type { PowerTarget } from '#functions/steps/node-power/targets.ts'
import type { NodePowerInput } from '#functions/steps/node-power/template.ts'
import type { RunTools } from '#sdk/index.ts'
import { RedfishSimulator, type SimulatorOptions } from './redfish-simulator.ts'

// Time passes only while the step sleeps.
let now: number
export let bmc: RedfishSimulator
beforeEach(() => {
  now = 1_000_000
})
afterEach(() => bmc[Symbol.asyncDispose]())

export const simulate = async (options: SimulatorOptions = {}): Promise<void> => {
  bmc = await RedfishSimulator.start({ now: () => now, ...options })
}

const RULES = { allowed: null, loopback: true }
const LOGIN = { username: 'admin', password: '1234' }

type Run = { timeout?: number; info?: object; resumeFrom?: PowerCheckpoint; stopAfterMs?: number }

/** Runs the step against the simulator, and answers what it came to with what it kept. */
export async function run(target: PowerTarget, { timeout, info = {}, resumeFrom, stopAfterMs }: Run = {}) {
  const began = now
  let kept: PowerCheckpoint | undefined
  const look = async (): Promise<void> => {
    if (stopAfterMs !== undefined && now - began >= stopAfterMs) throw new Error('aborted')
  }
  const tools = {
    signal: new AbortController().signal,
    resumeFrom: resumeFrom ?? null,
    checkpoint: async (data: PowerCheckpoint) => {
      kept = data
      await look()
    },
    pointOfNoReturn: look,
  } as unknown as RunTools<PowerCheckpoint>
  const input: NodePowerInput = {
    node: '0bb49fbd-d42d-4e09-b964-e509831f0af2',
    driver: 'redfish',
    driver_info: { redfish_address: bmc.address, ...info } as NodePowerInput['driver_info'],
    power_state: null,
    target,
    ...(timeout ? { timeout } : {}),
  }
  const parts = {
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds
    },
    open: async () => new RedfishDriver(new RedfishSession(redfishOptions(input.driver_info), LOGIN, RULES)),
  }
  const result = await setPower(parts, input, tools).catch((error: Error) => error)
  return { result, kept, seconds: (now - began) / 1000 }
}
