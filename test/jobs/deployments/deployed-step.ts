import { setTimeout as sleep } from 'node:timers/promises'
import { defineStep } from '#sdk/index.ts'
import { isReleased, mark } from '../marks.ts'

/** Which build this code is of: a deployment of changed code has another number in its bundles. */
const BUILD = 'build-0'
const TICK_MS = 50

/** `quick`: the steps that end at once, the others work until they are aborted. `abort_fails` until the step is released. */
export type DeployedInput = { marks: string; quick?: string[]; abort_fails?: boolean }

/** A step whose marks say which build ran. */
export const deployedStep = (name: string) =>
  defineStep<unknown, { step: string }, number>({
    name,
    abortable: 'checkpoint',
    async run(_input, { job, index, checkpoint }) {
      const { marks, quick = [] } = job.input as DeployedInput
      await mark({ bucket: marks, job, step: name, index }, `run-${BUILD}`)
      for (let done = 0; !quick.includes(name); done += 1) {
        await sleep(TICK_MS)
        await checkpoint(done)
      }
      return { step: name }
    },
    async abort({ job, index }) {
      const { marks, abort_fails = false } = job.input as DeployedInput
      const at = { bucket: marks, job, step: name, index }
      if (abort_fails && !(await isReleased(at))) throw new Error(`the clean-up of ${name} was to fail`)
      await mark(at, `abort-${BUILD}`)
    },
    async revert({ job, index }) {
      const { marks } = job.input as DeployedInput
      await mark({ bucket: marks, job, step: name, index }, `revert-${BUILD}`)
    },
  })
