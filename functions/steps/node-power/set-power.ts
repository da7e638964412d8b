import { setTimeout as pause } from 'node:timers/promises'
import { defineStep } from '#sdk/index.ts'
import { openDriver } from './power/open-driver.ts'
import {
  abortPower,
  type PowerCheckpoint,
  type PowerParts,
  type SetPowerResult,
  setPower,
} from './power/set-power.ts'
import type { NodePowerInput } from './template.ts'

const parts: PowerParts = {
  open: openDriver,
  now: Date.now,
  sleep: (milliseconds, signal) => pause(milliseconds, undefined, { signal }).catch(() => undefined),
}

/** Tells the node's BMC what to become, and waits until it says that it has. */
export const handler = defineStep<NodePowerInput, SetPowerResult, PowerCheckpoint>({
  name: 'set-power',
  abortable: 'checkpoint',
  irreversible: 'a machine that was switched stays so',
  run: (input, tools) => setPower(parts, input, tools),
  abort: (tools) => abortPower(parts, tools),
})
