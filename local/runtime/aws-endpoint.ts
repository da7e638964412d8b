import { createCloudFormation } from '#local/deployment/cloudformation.ts'
import { forgetFunction } from '#local/deployment/deletion.ts'
import { createIam } from '#local/deployment/iam.ts'
import { createLogGroups } from '#local/deployment/log-groups.ts'
import type { Pump } from '#local/dynamodb/stream-pump.ts'
import { createGateway } from '#local/gateway/gateway.ts'
import { createQueryHttp } from '#local/gateway/query-service.ts'
import type { LambdaFunction } from '#local/lambda/environment.ts'
import { createLambdaHttp } from '#local/lambda/lambda-api.ts'
import { createSecrets } from '#local/secrets/secrets.ts'
import type { Ssm } from '#local/ssm/ssm.ts'
import type { Listener } from './listener.ts'
import { logFolder, type Parts, type Site } from './wiring.ts'

export type RunningParts = { parts: Parts; pump: Pump; site: Site }

type Served = RunningParts & { ssm: Ssm }

/** Serves all AWS services at the one endpoint. */
export function openAwsEndpoint(listener: Listener, { parts, pump, site, ssm }: Served): void {
  const { deployment, pool } = parts
  const { ledger } = deployment
  const removeFunction = (fn: LambdaFunction): void => {
    pool.delete(fn)
    forgetFunction(deployment, fn)
  }
  const gateway = createGateway({
    services: {
      AWSStepFunctions: parts.states.handle,
      AWSEvents: parts.events.handle,
      AmazonSQS: parts.queues.handle,
      AmazonSSM: ssm.handle,
      Logs_20140328: createLogGroups(ledger, logFolder(site)),
      secretsmanager: createSecrets({ file: `${site.dataDir}/secrets.json` }),
    },
    dynamodb: { endpoint: parts.dynamodb.endpoint, onWrite: pump.wake },
    http: [
      parts.events.handleEvents,
      createLambdaHttp(pool, removeFunction),
      createQueryHttp([createIam(ledger), createCloudFormation(ledger)]),
    ],
    s3: parts.s3.handle,
    stopping: () => site.closing.started,
  })
  site.closing.add(gateway.close)
  listener.serve(gateway.handle)
}
