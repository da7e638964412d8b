import { createRequire } from 'node:module'
import type { LeftWork } from 'standdown-local'
import { runNode } from './run-node.ts'

type Start = { root: string; signal: AbortSignal }

/** So that nobody waits for the leases of what a killed runtime ran. In a child, as the SDK would stay in this process. */
export async function endLeftWork({ dynamodb, outputs, region }: LeftWork, start: Start): Promise<void> {
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.origin,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    TABLE_NAME: outputs.TableName,
  }
  await runNode({ ...start, args: [createRequire(import.meta.url).resolve('#cli/dev/left-work.ts')], env })
}
