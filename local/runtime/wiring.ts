import { join } from 'node:path'
import { forgetMachine } from '#local/deployment/deletion.ts'
import type { Deployment } from '#local/deployment/deploy.ts'
import { type DynamoDbService, startDynamoDb } from '#local/dynamodb/dynamodb.ts'
import { type Mapping, type Pump, startPump } from '#local/dynamodb/stream-pump.ts'
import { createEventBridge, type EventBridge } from '#local/events/event-bridge.ts'
import { EnvironmentRecord } from '#local/lambda/environment-record.ts'
import { createLambdaPool, type LambdaPool } from '#local/lambda/lambda-pool.ts'
import { createMissingGrants } from '#local/permissions/missing-grants.ts'
import { createS3, type S3 } from '#local/s3/s3-server.ts'
import { createQueues, type Queues } from '#local/sqs/queues.ts'
import { createStates, type States } from '#local/states/step-functions.ts'
import type { Model } from '#local/template/model.ts'
import { LOCAL_ACCOUNT, LOCAL_REGION } from '#local/types.ts'
import type { Closing } from './closing.ts'
import { checkTargetArn, createDeliver } from './targets.ts'

export type Site = { dataDir: string; awsUrl: string; closing: Closing; log(line: string): void }

export type Parts = {
  dynamodb: DynamoDbService
  s3: S3
  queues: Queues
  pool: LambdaPool
  environments: EnvironmentRecord
  states: States
  events: EventBridge
  deployment: Deployment
}

/** Where functions write their logs. */
export const logFolder = ({ dataDir }: Site): string => join(dataDir, 'logs')

export type Deployed = { model: Model; deployment: Deployment }

/** Makes every part, each with what the template says it holds; nothing runs by itself yet. */
export async function createParts({ model, deployment }: Deployed, site: Site): Promise<Parts> {
  const { dataDir, awsUrl, closing, log } = site
  const endpoint = process.env.AWS_ENDPOINT_URL_DYNAMODB
  const dynamodb = await startDynamoDb({ dataDir, tables: model.tables, log, ...(endpoint && { endpoint }) })
  closing.add(dynamodb.close)
  const s3 = createS3({ dataDir: join(dataDir, 's3'), region: LOCAL_REGION })
  closing.add(s3.close)
  const urlOf = (name: string): string => `${awsUrl}/${LOCAL_ACCOUNT}/${name}`
  const queues = createQueues({ dataDir, names: model.queues.map(({ name }) => name), urlOf })
  const environments = new EnvironmentRecord(join(dataDir, 'environments'))
  const endpoints = {
    AWS_ENDPOINT_URL: awsUrl,
    ...(dynamodb.direct && { AWS_ENDPOINT_URL_DYNAMODB: dynamodb.direct.origin }),
  }
  const pool = createPool(deployment, site, { record: environments, endpoints })
  const { states, events } = createFlow(model, site, { pool, queues, deployment })
  return { dynamodb, s3, queues, pool, environments, states, events, deployment }
}

type Surroundings = { record: EnvironmentRecord; endpoints: Record<string, string> }

function createPool(deployment: Deployment, site: Site, { record, endpoints }: Surroundings): LambdaPool {
  const functions = deployment.functions.map((fn) => ({
    ...fn,
    environment: { ...fn.environment, ...endpoints },
  }))
  const pool = createLambdaPool({
    functions,
    logDir: logFolder(site),
    record,
    watch: createMissingGrants(deployment.ledger, site.log),
  })
  site.closing.add(() => pool.close())
  return pool
}

type FlowParts = Pick<Parts, 'pool' | 'queues'> & { deployment: Deployment }

// Machines publish to the bus, which is made after them: it is asked for when an event comes.
function createFlow(
  model: Model,
  site: Site,
  { pool, queues, deployment }: FlowParts,
): Pick<Parts, 'states' | 'events'> {
  const { dataDir, closing, log } = site
  const names = { region: LOCAL_REGION, account: LOCAL_ACCOUNT }
  const states = createStates({
    ...names,
    dbPath: join(dataDir, 'states.db'),
    lambda: pool,
    publish: (event) => events.put(event),
    onDelete: (machineArn) => forgetMachine(deployment, machineArn),
  })
  closing.add(() => states.close())
  const deliver = createDeliver({ lambda: pool, queues, log })
  const events: EventBridge = createEventBridge({ ...names, dataDir, deliver })
  closing.add(() => events.close())
  for (const machine of model.stateMachines) states.register(machine)
  for (const bus of model.buses) events.addBus(bus)
  for (const rule of model.rules) {
    for (const target of rule.targets) checkTargetArn(rule.name, target)
    events.addRule(rule)
  }
  return { states, events }
}

/** Connects the tables' streams with their functions. */
export function startStreams(model: Model, parts: Parts, { dataDir, closing, log }: Site): Pump {
  const enabled = model.eventSources.filter((source) => source.enabled)
  const mappings = enabled.map((source): Mapping => {
    const fn = model.functions.find(({ name }) => name === source.functionName)
    const table = model.tables.find(({ name }) => name === source.tableName)
    if (!fn || !table)
      throw new Error(`${source.logicalId}: its table or its function is not in the template`)
    return { ...source, functionArn: fn.arn, streamArn: table.streamArn }
  })
  const pump = startPump({
    dynamodb: parts.dynamodb.client,
    lambda: parts.pool,
    mappings,
    positionsDir: join(dataDir, 'dynamodb', 'checkpoints'),
    sendFailure: async (queueArn, message) => void parts.queues.send(queueArn, JSON.stringify(message)),
    log,
  })
  closing.add(pump.close)
  parts.dynamodb.onWrite(pump.wake)
  return pump
}
