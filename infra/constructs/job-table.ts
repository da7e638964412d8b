import { RemovalPolicy } from 'aws-cdk-lib'
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb'
import * as iam from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'

const text = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING })

type IndexName = 'active' | 'by_template'

/** The one table: a job's item, its steps and its notifications under the job's id. */
export class JobTable extends Construct {
  readonly table: dynamodb.Table

  constructor(scope: Construct, id: string, props: { prefix: string }) {
    super(scope, id)
    this.table = new dynamodb.Table(this, 'Table', {
      tableName: `${props.prefix}-jobs`,
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
    this.grant(grantee, ['GetItem', 'Query', 'UpdateItem'], [this.table.tableArn])
  }

  grantRead(grantee: iam.IGrantable): void {
    this.grant(grantee, ['GetItem', 'Query'], [this.table.tableArn])
  }

  grantPut(grantee: iam.IGrantable): void {
    this.grant(grantee, ['PutItem'], [this.table.tableArn])
  }

  grantIndex(grantee: iam.IGrantable, name: IndexName): void {
    this.grant(grantee, ['Query'], [`${this.table.tableArn}/index/${name}`])
  }

  private grant(grantee: iam.IGrantable, operations: string[], resourceArns: string[]): void {
    const actions = operations.map((operation) => `dynamodb:${operation}`)
    iam.Grant.addToPrincipal({ grantee, actions, resourceArns })
  }
}
