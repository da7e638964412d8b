import { executionArnOf, type Job, stateMachineArnOf } from '#core/job/job.ts'
import type { Needs } from '../ports.ts'

/**
 * What runs, as Step Functions listed it once for a whole sweep: it lists a thousand executions at the price of
 * one, and answers only about 15 single questions a second.
 */
export type Running = {
  /** ARNs of the jobs' executions. */
  executions: ReadonlySet<string>
  /** Machines whose executions could not be listed, and why. */
  unlisted: ReadonlyMap<string, unknown>
  /** Names of the stand-downs. */
  standDowns: ReadonlySet<string>
}

export const NOTHING_LISTED: Running = { executions: new Set(), unlisted: new Map(), standDowns: new Set() }

/** Also of machines whose template is not deployed any more, as long as a job of theirs is active. */
export async function listRunning(
  { templates, executions, standDowns }: Needs<'templates' | 'executions' | 'standDowns'>,
  active: Job[],
): Promise<Running> {
  const ofJobs = active.map((job) => stateMachineArnOf(job.execution_arn))
  const running = new Set<string>()
  const unlisted = new Map<string, unknown>()
  // One after the other: an account may list about five times a second.
  for (const machine of new Set([...templates.machines(), ...ofJobs])) {
    try {
      const names = await executions.running(machine)
      for (const name of names) running.add(executionArnOf(machine, name))
    } catch (error) {
      unlisted.set(machine, error)
    }
  }
  const names = await standDowns.running().catch((error: unknown) => {
    unlisted.set('stand-downs', error)
    return []
  })
  return { executions: running, unlisted, standDowns: new Set(names) }
}

/** Whether it runs, as far as the list says: where there is none, what should run is taken to. */
export const seemsToRun = ({ executions, unlisted }: Running, job: Job): boolean =>
  executions.has(job.execution_arn) || unlisted.has(stateMachineArnOf(job.execution_arn))
