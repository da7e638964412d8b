import { Duration } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import { NODE_POWER } from '#functions/steps/node-power/template.ts'
import { AbortableJob } from '../constructs/abortable-job.ts'
import type { JobControl } from '../constructs/job-control.ts'
import { joinNetwork, type Network } from '../constructs/network.ts'
import { IronicDoor } from '../constructs/nodes/ironic-door.ts'
import { grantBmcSecrets, NodeSync } from '../constructs/nodes/node-sync.ts'
import { StepFunction } from '../constructs/step-function.ts'

export type NodePowerProps = {
  control: JobControl
  /** Hosts of BMCs that jobs may reach, as names with `*` for one part or more. @default none */
  hosts?: string[] | undefined
  /** The subnets from which BMCs can be reached. @default those of AWS itself, which reach public addresses only */
  network?: Network | undefined
}

/** The job template `node-power`: one operation of one bare-metal node. */
export class NodePower extends Construct {
  readonly job: AbortableJob

  constructor(scope: Construct, id: string, { control, hosts = [], network }: NodePowerProps) {
    super(scope, id)
    const environment = { ALLOWED_HOSTS: hosts.join(',') }
    const setPower = new StepFunction(this, 'set-power', {
      entry: 'functions/steps/node-power/set-power.ts',
      prefix: control.prefix,
      memorySize: 256,
      timeout: Duration.minutes(15),
      environment,
    })
    grantBmcSecrets(setPower)
    joinNetwork(setPower, network)
    this.job = new AbortableJob(this, 'Job', {
      control,
      template: NODE_POWER,
      definition: (steps) => steps.task(setPower),
    })
    const { fn: sync } = new NodeSync(this, 'Sync', { control, environment, network })
    new IronicDoor(this, 'Ironic', { control, sync })
  }
}
