import { Construct } from 'constructs'
import { ACTION_PLANS, WATCHER } from '#functions/doors/watcher/routes.ts'
import type { JobControl } from '../job-control.ts'

/** Action plans, as Watcher's clients and our own ask for them. */
export class WatcherDoor extends Construct {
  constructor(scope: Construct, id: string, { control }: { control: JobControl }) {
    super(scope, id)
    const { api } = control
    const fn = api.jobHandler(this, WATCHER.bundle)
    api.serve(ACTION_PLANS, fn)
    api.serveOpenStack(WATCHER, fn)
  }
}
