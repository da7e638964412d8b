import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SSMClient } from '@aws-sdk/client-ssm'
import { onTestFinished } from 'vitest'
import { clientConfig, SsmCommands } from '#functions/steps/fabric/command/ssm-commands.ts'

type Input = Record<string, unknown>
export type Refusal = { refuse: string; status?: number }
/** What an operation answers: a body, an error, or nothing at all, as the connection breaks. */
export type Answers = Record<string, (input: Input) => object | Refusal | 'breaks'>

/** Systems Manager over HTTP, which answers as a test says, and the step's own client of it. */
export async function startSsmServer(answers: Answers) {
  const calls: [operation: string, input: Input][] = []
  const server = createServer(async (req, res) => {
    const operation = String(req.headers['x-amz-target']).replace('AmazonSSM.', '')
    const input = JSON.parse(await text(req)) as Input
    calls.push([operation, input])
    const answer = answers[operation]?.(input) ?? { refuse: 'UnknownOperationException' }
    if (answer === 'breaks') return void req.socket.destroy()
    const refusal = 'refuse' in answer ? (answer as Refusal) : null
    const body = refusal ? { __type: refusal.refuse, message: 'refused' } : answer
    res.writeHead(refusal ? (refusal.status ?? 400) : 200, { 'content-type': 'application/x-amz-json-1.1' })
    res.end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = new SSMClient({
    ...clientConfig,
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  })
  const close = (): void => {
    client.destroy()
    server.closeAllConnections()
    server.close()
  }
  onTestFinished(close)
  return { commands: new SsmCommands(client), calls, close }
}
