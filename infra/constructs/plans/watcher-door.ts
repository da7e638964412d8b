import { Construct } from 'constructs'
import { ACTION_PLANS, WATCHER } from '#functions/doors/watcher/routes.ts'
import type { JobControl } from '../job-control.ts'

export type WatcherDoorProps = { control: JobControl; environment: Record<string, string> }

/** Action plans, as Watcher's clients and our own ask for them. */
export class WatcherDoor extends Construct {
  constructor(scope: Construct, id: string, { control, environment }: WatcherDoorProps) {
    super(scope, id)
    const { api } = control
    const fn = api.jobHandler(this, WATCHER.bundle)
    for (const [name, value] of Object.entries(environment)) fn.addEnvironment(name, value)
    api.serve(ACTION_PLANS, fn)
    api.serveOpenStack(WATCHER, fn)
  }
}
