import * as z from 'zod'
import { DRIVERS, type PowerTarget, TARGETS } from './targets.ts'

const targets = Object.keys(TARGETS) as [PowerTarget, ...PowerTarget[]]

/** What a job is started with; the doors make it of the node as it is then. */
export const nodePowerInput = z.strictObject({
  node: z.uuid(),
  driver: z.enum(DRIVERS),
  driver_info: z.record(z.string(), z.json()),
  power_state: z.enum(['power on', 'power off']).nullable().describe('as last seen'),
  target: z.enum(targets),
  timeout: z.int().min(1).max(86_400).optional().describe('seconds; default 600 for soft targets, else 60'),
})

export type NodePowerInput = z.infer<typeof nodePowerInput>

export const NODE_POWER = {
  name: 'node-power',
  description: 'Changes the power of a bare-metal node: on, off, reboot, soft off, soft reboot, NMI',
  input: nodePowerInput,
  errors: {
    /** The BMC, or the power state that it reports, says that the operation did not succeed: a repeat would not help. */
    PowerFailed: 'PowerFailed',
  },
} as const
