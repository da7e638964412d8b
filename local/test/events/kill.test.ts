import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { bridgeOf, busEvent, target, temporaryDirectory } from './bridge.ts'

const BUS = fileURLToPath(new URL('../../events/event-bridge.ts', import.meta.url))
const RUNTIME = `const [path, dataDir, rule, event] = process.argv.slice(-4)
  const { createEventBridge } = await import(path)
  const deliver = () => new Promise(() => {})
  const bridge = createEventBridge({ dataDir, region: 'us-east-1', account: '000000000000', deliver })
  bridge.addBus('orders')
  bridge.addRule(JSON.parse(rule))
  for (const id of ['1', '2', '3']) bridge.put({ ...JSON.parse(event), id }, 'orders')
  process.kill(process.pid, 'SIGKILL')`

test('what was put before a kill -9 is delivered after the next start', async () => {
  const dataDir = temporaryDirectory()
  const pattern = { source: ['orders'] }
  const rule = { name: 'settle', busName: 'orders', enabled: true, pattern, targets: [target('a')] }
  const texts = [rule, busEvent()].map((value) => JSON.stringify(value))
  const args = ['--input-type=module', '--eval', RUNTIME, '--', BUS, dataDir, ...texts]
  const [, signal] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit')
  expect(signal).toBe('SIGKILL')
  const { bridge, delivered } = bridgeOf({ dataDir })
  bridge.addRule(rule)
  bridge.start()
  await vi.waitFor(() => expect(delivered).toHaveLength(3))
  expect(delivered.map(({ event }) => (event as { id: string }).id)).toEqual(['1', '2', '3'])
})
