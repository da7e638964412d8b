import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type LeftWork, type Runtime, type RuntimeOptions, startRuntime } from '#local/runtime/start.ts'
import { received, temporaryFolder, writeDemo } from '../fixtures/assembly.ts'
import { eventually } from '../fixtures/eventually.ts'

let dataDir: string
let out: string
let assemblyDir: string
const running: Runtime[] = []
let child: ChildProcess | undefined

beforeEach(() => {
  const folder = temporaryFolder()
  dataDir = join(folder, 'data')
  out = join(folder, 'out.ndjson')
  assemblyDir = writeDemo(out)
})
afterEach(async () => {
  child?.kill('SIGKILL')
  child = undefined
  await Promise.all(running.splice(0).map((runtime) => runtime.close()))
})

const start = async (options: Partial<RuntimeOptions> = {}): Promise<Runtime> => {
  const log = (): void => undefined
  const runtime = await startRuntime({ assemblyDir, dataDir, apiPort: 0, awsPort: 0, log, ...options })
  running.push(runtime)
  return runtime
}
const call = async (awsUrl: string, target: string, input: object): Promise<Record<string, unknown>> => {
  const headers = {
    'x-amz-target': target,
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-date': '20200101T000000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=x/20200101/us-east-1/any/aws4_request, SignedHeaders=host, Signature=0',
  }
  const response = await fetch(awsUrl, { method: 'POST', headers, body: JSON.stringify(input) })
  return (await response.json()) as Record<string, unknown>
}

describe('the runtime', () => {
  test('runs the template: route, table stream, machine, rule and bucket', async () => {
    const { apiUrl, awsUrl, outputs } = await start()
    const answer = await (await fetch(`${apiUrl}/jobs/7`)).json()
    const dynamodb = expect.stringMatching(/^http:\/\/127\.[1-9]\d*\.\d+\.\d+:\d+$/)
    expect(answer).toEqual({ path: '/jobs/7', endpoint: awsUrl, dynamodb })

    await call(awsUrl, 'DynamoDB_20120810.PutItem', { TableName: 'jobs', Item: { pk: { S: 'a' } } })
    await eventually(() =>
      expect(received(out)).toContainEqual({ Records: [expect.objectContaining({ eventName: 'INSERT' })] }),
    )
    const machine = { stateMachineArn: outputs.MachineArn }
    const { executionArn } = await call(awsUrl, 'AWSStepFunctions.StartExecution', machine)
    await call(awsUrl, 'AWSStepFunctions.StopExecution', { executionArn, error: 'Stopped', cause: 'by hand' })
    await eventually(() =>
      expect(received(out).at(-1)).toMatchObject({
        'detail-type': 'Step Functions Execution Status Change',
        detail: { executionArn, status: 'ABORTED', error: 'Stopped', cause: 'by hand' },
      }),
    )
    expect((await fetch(`${awsUrl}/files`, { method: 'HEAD' })).status).toBe(200)
  })

  test('brings what a function writes past our endpoint to the function of the stream', async () => {
    const { apiUrl } = await start()
    const { dynamodb } = (await (await fetch(`${apiUrl}/jobs/7`)).json()) as { dynamodb: string }
    await call(dynamodb, 'DynamoDB_20120810.PutItem', { TableName: 'jobs', Item: { pk: { S: 'b' } } })
    await eventually(() =>
      expect(received(out)).toContainEqual({ Records: [expect.objectContaining({ eventName: 'INSERT' })] }),
    )
  })

  test('names the port that is taken and the variable to change', async () => {
    const { apiUrl } = await start()
    const apiPort = Number(new URL(apiUrl).port)
    const settings = { apiPort: 'API_PORT', awsPort: 'AWS_PORT', dataDir: 'DATA' }
    const other = start({ apiPort, dataDir: temporaryFolder(), settings })
    await expect(other).rejects.toThrow(`port ${apiPort} is in use; set API_PORT`)
  })

  test('gives the data folder back when its start fails', async () => {
    await expect(start({ assemblyDir: temporaryFolder() })).rejects.toThrow(/manifest\.json/)
    await start()
  })

  test('killed in mid-execution reports it ABORTED at the next start, and leaves no process behind', async () => {
    const { apiUrl, awsUrl, outputs } = await startInChild()
    await fetch(`${apiUrl}/jobs/7`)
    const machine = { stateMachineArn: outputs.MachineArn }
    const { executionArn } = await call(awsUrl, 'AWSStepFunctions.StartExecution', machine)
    const emulator = readFileSync(join(dataDir, 'dynamodb/dynamodb.db.pid'), 'utf8')
    child?.kill('SIGKILL')
    await eventually(() => expect(commandLine(emulator)).not.toContain('dynoxide'))

    let left: LeftWork | undefined
    const onLeftWork = async (work: LeftWork): Promise<void> => {
      left = work
      const tables = await call(work.dynamodb.origin, 'DynamoDB_20120810.ListTables', {})
      expect(tables).toEqual({ TableNames: ['jobs'] })
      expect(received(out).filter(({ detail }) => detail)).toEqual([])
    }
    const next = await start({ onLeftWork })
    expect(left).toMatchObject({ outputs })
    await eventually(() =>
      expect(received(out)).toContainEqual(
        expect.objectContaining({ detail: expect.objectContaining({ executionArn, status: 'ABORTED' }) }),
      ),
    )
    const described = await call(next.awsUrl, 'AWSStepFunctions.DescribeExecution', { executionArn })
    expect(described.status).toBe('ABORTED')
  })

  test('ended in order tells the next one of no work', async () => {
    const { apiUrl, close } = await start()
    await fetch(`${apiUrl}/jobs/7`)
    await close()
    let told = false
    await start({
      onLeftWork: async () => {
        told = true
      },
    })
    expect(told).toBe(false)
  })

  test('starts also where nobody can be told of what was left', async () => {
    const lines: string[] = []
    mkdirSync(dataDir)
    writeFileSync(join(dataDir, 'runtime.json'), '{"version":1}')
    writeFileSync(join(dataDir, 'environments'), '999999999 1\n')
    const onLeftWork = async (): Promise<void> => {
      throw new Error('no table')
    }
    await start({ onLeftWork, log: (line) => void lines.push(line) })
    expect(lines).toEqual(['what the earlier runtime left could not be told as over: no table'])
  })
})

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

type InChild = Pick<Runtime, 'apiUrl' | 'awsUrl' | 'outputs'>

async function startInChild(): Promise<InChild> {
  const options = JSON.stringify({ assemblyDir, dataDir, apiPort: 0, awsPort: 0 })
  const program = `const { startRuntime } = await import(process.argv[1])
    const { apiUrl, awsUrl, outputs } = await startRuntime({ ...JSON.parse(process.argv[2]), log() {} })
    console.log(JSON.stringify({ apiUrl, awsUrl, outputs }))`
  const path = join(import.meta.dirname, '../../runtime/start.ts')
  const args = ['--input-type=module', '-e', program, path, options]
  child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  return JSON.parse(line.toString()) as InChild
}
