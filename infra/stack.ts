import { Stack, type StackProps } from 'aws-cdk-lib'
import * as sns from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import { JobControl, type JobControlProps } from './constructs/job-control.ts'
import type { Network } from './constructs/network.ts'
import { ActionPlan } from './jobs/action-plan.ts'
import { Fabric } from './jobs/fabric.ts'
import { NodePower } from './jobs/node-power.ts'
import { ObjectMigration } from './jobs/object-migration.ts'
import type { NodeTag } from './jobs/run-command-access.ts'

export type StanddownStackProps = StackProps &
  Omit<JobControlProps, 'alarmTopic'> & {
    /** ARN of the topic that alarms go to. @default there are no alarms */
    alarmTopicArn?: string | undefined
    /** The buckets that migrations may read and write. @default none */
    buckets?: string[] | undefined
    /** ARNs of the customer managed KMS keys that encrypt those buckets. @default none */
    keys?: string[] | undefined
    /** The command documents that fabric jobs may run. @default none */
    documents?: string[] | undefined
    /** The tag of the managed nodes that they may run on. @default every node of the account */
    nodeTag?: NodeTag | undefined
    /** How the names of functions begin that actions of plans may call, as `acme-*`. @default none */
    actionFunctions?: string[] | undefined
    /** Hosts that jobs may reach, such as BMCs, as names with `*` for one part or more. @default none */
    hosts?: string[] | undefined
    /** The subnets from which those hosts, and Keystone, can be reached. @default those of AWS itself: public addresses only */
    network?: Network | undefined
  }

/** The whole product: what all jobs share, and one line for each job template. */
export class StanddownStack extends Stack {
  readonly control: JobControl

  constructor(
    scope: Construct,
    id: string,
    {
      buckets,
      keys,
      documents,
      nodeTag,
      actionFunctions,
      hosts,
      network,
      openStack: auth,
      alarmTopicArn: arn,
      ...props
    }: StanddownStackProps = {},
  ) {
    super(scope, id, { description: 'Standdown: abortable Step Functions jobs', ...props })
    const alarmTopic = arn ? sns.Topic.fromTopicArn(this, 'AlarmTopic', arn) : undefined
    const openStack = auth && 'keystoneUrl' in auth ? { network, ...auth } : auth
    const control = new JobControl(this, 'JobControl', { ...props, openStack, alarmTopic })
    this.control = control
    new ObjectMigration(this, 'ObjectMigration', { control, buckets, keys })
    new Fabric(this, 'Fabric', { control, documents, nodeTag })
    new ActionPlan(this, 'ActionPlan', { control, functions: actionFunctions, hosts, network })
    new NodePower(this, 'NodePower', { control, hosts, network })
  }
}
