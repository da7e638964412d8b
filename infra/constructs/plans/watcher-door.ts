import { Construct } from 'constructs'
import { ACTION_PLANS, WATCHER } from '#functions/doors/watcher/routes.ts'
import type { JobControl } from '../job-control.ts'

/** Action plans, as Watcher's clients and our own ask for them. */
export class WatcherDoor extends Construct {
  constructor(scope: Construct, id: string, { control }: { control: JobControl }) {
    super(scope, id)
    const { shared, api } = control
    const fn = api.handler(this, 'Handler', WATCHER.bundle)
    shared.table.grantItems(fn)
    shared.machines.grant(
      fn,
      'StartExecution',
      'StopExecution',
      'DescribeStateMachine',
      'DescribeStateMachineForExecution',
    )
    api.permitStandDown(fn)
    api.serve(ACTION_PLANS, fn)
    api.serveOpenStack(WATCHER, fn)
  }
}
