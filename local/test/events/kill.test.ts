import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../fixtures/eventually.ts'
import { bridgeOf, busEvent, target, temporaryDirectory } from './bridge.ts'

const BRIDGE = fileURLToPath(new URL('../../events/event-bridge.ts', import.meta.url))
/** Puts three events to a target that never answers, says so, and lives on. */
const RUNTIME = `const [path, dataDir, rule, event] = process.argv.slice(-4)
  const { createEventBridge } = await import(path)
  const deliver = () => new Promise(() => {})
  const bridge = createEventBridge({ dataDir, region: 'us-east-1', account: '000000000000', deliver })
  bridge.addBus('orders')
  bridge.addRule(JSON.parse(rule))
  for (const id of ['1', '2', '3']) bridge.put({ ...JSON.parse(event), id }, 'orders')
  console.log('put')
  setInterval(() => {}, 60_000)`

test('what was put before a kill -9 is delivered after the next start', async () => {
  const dataDir = temporaryDirectory()
  const pattern = { source: ['orders'] }
  const rule = { name: 'settle', busName: 'orders', enabled: true, pattern, targets: [target('a')] }
  const texts = [rule, busEvent()].map((value) => JSON.stringify(value))
  const args = ['--input-type=module', '--eval', RUNTIME, '--', BRIDGE, dataDir, ...texts]
  const runtime = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void runtime.kill('SIGKILL'))
  await once(runtime.stdout, 'data')
  const ended = once(runtime, 'exit')
  runtime.kill('SIGKILL')
  expect(await ended).toEqual([null, 'SIGKILL'])
  const { bridge, delivered } = bridgeOf({ dataDir })
  bridge.addRule(rule)
  bridge.start()
  await eventually(() => expect(delivered).toHaveLength(3))
  expect(delivered.map(({ event }) => (event as { id: string }).id)).toEqual(['1', '2', '3'])
})
