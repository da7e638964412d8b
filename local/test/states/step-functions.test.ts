import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { ExecutionDoesNotExist, SFN } from '@aws-sdk/client-sfn'
import { expect, test, vi } from 'vitest'
import type { MachineDescription } from '#local/states/definition.ts'
import { AwsError } from '#local/types.ts'
import { createRig, deferred, machine, machineArn, pass, task, until } from './rig.ts'

const waits = machine({ W: { Type: 'Wait', Seconds: 900, End: true } })

test('executions cut off by a restart are reported ABORTED once', async () => {
  const before = createRig()
  const stateMachineArn = before.register(waits, 'mine')
  const executionArn = await before.startArn(stateMachineArn)
  await before.close({ keep: true })
  expect(before.events).toHaveLength(1)

  const after = createRig(before.folder)
  after.register(waits, 'mine')
  expect(await after.call('DescribeExecution', { executionArn })).toMatchObject({ status: 'RUNNING' })
  expect(after.service.recover()).toBe(1)
  expect(after.service.recover()).toBe(0)
  expect(await after.call('DescribeExecution', { executionArn })).toMatchObject({
    status: 'ABORTED',
    cause: expect.stringContaining('runtime ended'),
  })
  expect(after.events).toMatchObject([{ detail: { executionArn, status: 'ABORTED' } }])
  expect(await after.types(executionArn)).toEqual([
    'ExecutionStarted',
    'WaitStateEntered',
    'ExecutionAborted',
  ])
  await after.close()
})

test('a close lets go of a parent and of the child it waits for without ending either', async () => {
  const rig = createRig()
  const StateMachineArn = rig.register(waits)
  const Resource = 'arn:aws:states:::states:startExecution.sync'
  await rig.start(machine({ N: { Type: 'Task', Resource, Parameters: { StateMachineArn }, End: true } }))
  await rig.published(2)
  await rig.close({ keep: true })
  expect(rig.events.map((event) => event.detail.status)).toEqual(['RUNNING', 'RUNNING'])
  const after = createRig(rig.folder)
  expect(after.service.recover()).toBe(2)
  await after.close()
})

test('after close a late answer of a function touches nothing', async () => {
  const rig = createRig()
  const { promise, resolve } = deferred()
  rig.onInvoke(() => promise)
  await rig.start(machine({ T: task() }))
  await rig.invoked(1)
  await rig.close()
  resolve(1)
  for (let turn = 0; turn < 100; turn += 1) await new Promise((done) => setImmediate(done))
  expect(rig.events).toHaveLength(1)
  await expect(rig.call('ListStateMachines')).rejects.toMatchObject({ status: 503 })
})

test('executions that ended more than 90 days ago are gone at the next start', async () => {
  const before = createRig()
  const { executionArn } = await before.run(machine({ P: pass() }))
  await before.close({ keep: true })
  const db = new DatabaseSync(join(before.folder, 'states.db'))
  db.prepare('UPDATE executions SET stop_ms = ?').run(Date.now() - 91 * 24 * 3600 * 1000)
  db.close()
  const after = createRig(before.folder)
  await expect(after.call('DescribeExecution', { executionArn })).rejects.toMatchObject({
    code: 'ExecutionDoesNotExist',
  })
  await after.close()
})

test('a database that is none is one clear line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'states-'))
  writeFileSync(join(folder, 'states.db'), 'no database, and long enough to be sure of that'.repeat(100))
  expect(() => createRig(folder)).toThrow(/^cannot open the execution history .*states\.db: .*start afresh$/)
  rmSync(folder, { recursive: true })
})

test('a publisher that throws ends no execution', async () => {
  const rig = createRig()
  const complain = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  rig.events.push = () => {
    throw new Error('bus down')
  }
  const executionArn = await rig.start(machine({ P: pass() }))
  await until(async () => (await rig.call('DescribeExecution', { executionArn })).status !== 'RUNNING')
  expect(await rig.call('DescribeExecution', { executionArn })).toMatchObject({ status: 'SUCCEEDED' })
  expect(complain).toHaveBeenCalledWith(
    expect.stringContaining(`${executionArn} could not be published: bus down`),
  )
  complain.mockRestore()
  await rig.close()
})

const map = (more: object) =>
  machine({ M: { Type: 'Map', ItemProcessor: machine({ P: pass() }), End: true, ...more } })

test.each<{ title: string; machine: Partial<MachineDescription> & { definition?: string }; reason: RegExp }>([
  { title: 'EXPRESS', machine: { type: 'EXPRESS' }, reason: /machine mine: type EXPRESS/ },
  {
    title: 'JSONata in one state',
    machine: { definition: JSON.stringify(machine({ P: pass({ QueryLanguage: 'JSONata' }) })) },
    reason: /machine mine: state P: JSONata/,
  },
  {
    title: 'JSONata for all',
    machine: { definition: JSON.stringify(machine({ P: pass() }, { QueryLanguage: 'JSONata' })) },
    reason: /machine mine: JSONata/,
  },
  {
    title: 'variables',
    machine: { definition: JSON.stringify(machine({ P: pass({ Assign: { a: 1 } }) })) },
    reason: /state P: the field Assign/,
  },
  {
    title: 'a DISTRIBUTED Map',
    machine: {
      definition: JSON.stringify(
        map({ ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, ...machine({ P: pass() }) } }),
      ),
    },
    reason: /state M: a DISTRIBUTED Map/,
  },
  {
    title: 'another integration, in a branch',
    machine: {
      definition: JSON.stringify(
        map({ ItemProcessor: machine({ T: task({ Resource: 'arn:aws:states:::sqs:sendMessage' }) }) }),
      ),
    },
    reason: /state T: the Resource arn:aws:states:::sqs:sendMessage cannot be run/,
  },
  {
    title: 'a Next that leads nowhere',
    machine: { definition: JSON.stringify(machine({ P: { Type: 'Pass', Next: 'Gone' } })) },
    reason: /machine mine: invalid definition: .*Gone/,
  },
  { title: 'no JSON', machine: { definition: '{' }, reason: /machine mine: the definition is not JSON/ },
  { title: 'no States', machine: { definition: '{}' }, reason: /machine mine: the definition has no States/ },
])('a machine with $title is refused by name, on one line', async ({ machine: more, reason }) => {
  const rig = createRig()
  const description: MachineDescription = {
    name: 'mine',
    arn: machineArn('mine'),
    definition: JSON.stringify(machine({ P: pass() })),
    type: 'STANDARD',
    roleArn: 'arn:aws:iam::000000000000:role/states',
    ...more,
  }
  const attempt = () => rig.service.register(description)
  expect(attempt).toThrow(reason)
  expect(attempt).not.toThrow(/\n/)
  await rig.close()
})

test('the AWS SDK starts, stops and reads an execution', async () => {
  const rig = createRig()
  const stateMachineArn = rig.register(waits, 'mine')
  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).replace('AWSStepFunctions.', '')
    const answer = await rig.service.handle(operation, JSON.parse(await text(request))).catch((error) => {
      if (!(error instanceof AwsError)) throw error
      response.statusCode = error.status
      return { __type: error.code, message: error.message }
    })
    response.setHeader('content-type', 'application/x-amz-json-1.0')
    response.end(JSON.stringify(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new SFN({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials })

  const { executionArn, startDate } = await client.startExecution({ stateMachineArn, input: '{"a":1}' })
  expect(Math.abs(Number(startDate) - Date.now())).toBeLessThan(60_000)
  await client.stopExecution({ executionArn: executionArn ?? '', error: 'OrderCancelled', cause: 'asked to' })
  expect(await client.describeExecution({ executionArn: executionArn ?? '' })).toMatchObject({
    status: 'ABORTED',
    error: 'OrderCancelled',
    cause: 'asked to',
    startDate,
    stopDate: expect.any(Date),
  })
  const { events } = await client.getExecutionHistory({ executionArn: executionArn ?? '' })
  expect(events?.at(-1)).toMatchObject({ type: 'ExecutionAborted', timestamp: expect.any(Date) })
  const missing = client.describeExecution({ executionArn: `${executionArn}-not` })
  await expect(missing).rejects.toBeInstanceOf(ExecutionDoesNotExist)

  client.destroy()
  server.close()
  await rig.close()
})
