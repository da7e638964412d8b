import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb'
import * as iam from 'aws-cdk-lib/aws-iam'
import type * as kms from 'aws-cdk-lib/aws-kms'
import { Construct, type IConstruct } from 'constructs'
import { isNear } from './by-name.ts'

const text = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING })

export type JobTableProps = {
  prefix: string
  /** Its policy must leave permissions to IAM, as the CDK's and the console's do. @default a key of AWS's */
  encryptionKey?: kms.IKey | undefined
}

/** What DynamoDB does with the table's key for whoever uses the table. */
const WITH_KEY = ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey*', 'ReEncrypt*']

type IndexName = 'active' | 'by_template'

/** The one table: a job's item, its steps and its notifications under the job's id. */
export class JobTable extends Construct {
  readonly table: dynamodb.Table
  private readonly name: string
  private readonly key: kms.IKey | undefined

  constructor(scope: Construct, id: string, { prefix, encryptionKey }: JobTableProps) {
    super(scope, id)
    this.name = `${prefix}-jobs`
    this.key = encryptionKey
    this.table = new dynamodb.Table(this, 'Table', {
      tableName: this.name,
      ...(encryptionKey ? { encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED, encryptionKey } : {}),
      partitionKey: text('pk'),
      sortKey: text('sk'),
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expires_at',
      stream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
      // Kept by a deletion, but not by a first deployment that rolls back: its name would bar the next one.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    })
    // Sparse: only items that the sweeper has to look at carry `active`, only jobs carry `list_key`.
    this.index('active', 'active', 'updated_at')
    this.index('by_template', 'template', 'list_key')
  }

  private index(indexName: IndexName, partition: string, sort: string): void {
    this.table.addGlobalSecondaryIndex({
      indexName,
      partitionKey: text(partition),
      sortKey: text(sort),
      projectionType: dynamodb.ProjectionType.ALL,
    })
  }

  /** Reads and conditional writes of items. No Scan, no Delete: items go by their time to live. */
  grantItems(grantee: iam.IGrantable): void {
    this.grant(grantee, ['GetItem', 'Query', 'UpdateItem'])
  }

  grantRead(grantee: iam.IGrantable): void {
    this.grant(grantee, ['GetItem', 'Query'])
  }

  grantPut(grantee: iam.IGrantable): void {
    this.grant(grantee, ['PutItem'])
  }

  grantIndex(grantee: iam.IGrantable, name: IndexName): void {
    this.grant(grantee, ['Query'], `/index/${name}`)
  }

  /** As a stack may write it: by reference where it is its own, by name where it is another's. */
  nameFrom(from: IConstruct): string {
    return isNear(from, this) ? this.table.tableName : this.name
  }

  private arnFrom(from: IConstruct): string {
    if (isNear(from, this)) return this.table.tableArn
    return Stack.of(from).formatArn({ service: 'dynamodb', resource: 'table', resourceName: this.name })
  }

  private grant(grantee: iam.IGrantable, operations: string[], place = ''): void {
    const actions = operations.map((operation) => `dynamodb:${operation}`)
    const { grantPrincipal } = grantee
    const from = Construct.isConstruct(grantPrincipal) ? grantPrincipal : this
    iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [`${this.arnFrom(from)}${place}`] })
    if (!this.key) return
    const withKey = WITH_KEY.map((operation) => `kms:${operation}`)
    iam.Grant.addToPrincipal({ grantee, actions: withKey, resourceArns: [this.key.keyArn] })
  }
}
