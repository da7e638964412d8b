import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../fixtures/eventually.ts'
import { bridgeOf, busEvent, target, temporaryDirectory } from './bridge.ts'

const all = { busName: 'orders', enabled: true, pattern: { source: ['orders'] } }

test('after its last attempt an event is kept as a dead letter and not sent again', async () => {
  const dataDir = temporaryDirectory()
  const refusing = bridgeOf({ dataDir, deliver: () => Promise.reject(new Error('always full')) }).bridge
  const rule = {
    ...all,
    name: 'notify',
    targets: [target('a', { maximumRetryAttempts: 1, deadLetterArn: 'arn:dlq' })],
  }
  refusing.addRule(rule)
  refusing.put(busEvent(), 'orders')
  const file = join(dataDir, 'events', 'dead-letters.ndjson')
  await eventually(() => expect(existsSync(file)).toBe(true))
  const letter = JSON.parse(readFileSync(file, 'utf8'))
  expect(letter).toMatchObject({
    error: 'Error: always full',
    attempts: 2,
    rule: 'notify',
    target: 'a',
    deadLetterArn: 'arn:dlq',
    event: busEvent(),
  })
  await refusing.close()
  const { bridge, delivered } = bridgeOf({ dataDir })
  bridge.addRule(rule)
  bridge.start()
  bridge.put(busEvent({ id: 'event-2' }), 'orders')
  await eventually(() => expect(delivered).toMatchObject([{ event: { id: 'event-2' } }]))
})

test('an event that was accepted but not delivered is delivered after the next start, once', async () => {
  const dataDir = temporaryDirectory()
  const rule = { ...all, name: 'settle', targets: [target('a')] }
  const hanging = bridgeOf({ dataDir, deliver: () => new Promise(() => {}) }).bridge
  hanging.addRule(rule)
  hanging.put(busEvent(), 'orders')
  await hanging.close()
  for (const expected of [1, 0]) {
    const { bridge, delivered } = bridgeOf({ dataDir })
    bridge.addRule(rule)
    bridge.start()
    bridge.put(busEvent({ id: 'marker' }), 'orders')
    await eventually(() => expect(delivered.at(-1)).toMatchObject({ event: { id: 'marker' } }))
    expect(delivered).toHaveLength(expected + 1)
    await bridge.close()
  }
})

test('a stored event whose rule is gone becomes a dead letter', async () => {
  const dataDir = temporaryDirectory()
  const hanging = bridgeOf({ dataDir, deliver: () => new Promise(() => {}) }).bridge
  hanging.addRule({ ...all, name: 'old', targets: [target('a')] })
  hanging.put(busEvent(), 'orders')
  await hanging.close()
  bridgeOf({ dataDir }).bridge.start()
  const letters = readFileSync(join(dataDir, 'events', 'dead-letters.ndjson'), 'utf8')
  expect(JSON.parse(letters).error).toBe('rule old has no target a now')
})

test('a target that hangs does not hold back another', async () => {
  const taken: string[] = []
  const { bridge } = bridgeOf({
    deliver: ({ id }) => (id === 'hangs' ? new Promise(() => {}) : Promise.resolve(void taken.push(id))),
  })
  bridge.addRule({ ...all, name: 'both', targets: [target('hangs'), target('works')] })
  for (let count = 0; count < 100; count += 1) bridge.put(busEvent(), 'orders')
  await eventually(() => expect(taken).toHaveLength(100))
})

test('a scheduled rule can be fired by hand and sends a Scheduled Event', async () => {
  const { bridge, delivered } = bridgeOf()
  bridge.addRule({
    name: 'sweep',
    busName: 'default',
    enabled: true,
    schedule: 'rate(5 minutes)',
    targets: [target('a')],
  })
  bridge.fire('sweep')
  await eventually(() => expect(delivered).toHaveLength(1))
  expect(delivered[0]?.event).toMatchObject({
    source: 'aws.events',
    'detail-type': 'Scheduled Event',
    resources: ['arn:aws:events:us-east-1:000000000000:rule/sweep'],
    detail: {},
  })
  expect(() => bridge.fire('other')).toThrow('there is no scheduled rule other')
})

test.each(['cron(0 12 * * ? *)', 'rate(1 minutes)', 'rate(2 minute)', 'rate(0 minutes)', 'at(2026-01-01)'])(
  'the schedule %s is refused by name',
  (schedule) => {
    const rule = { name: 'sweep', busName: 'default', enabled: true, schedule, targets: [] }
    expect(() => bridgeOf().bridge.addRule(rule)).toThrow(
      `rule sweep: the schedule ${schedule} cannot run locally`,
    )
  },
)

test('a rule for an unknown bus names the buses there are', () => {
  const add = () => bridgeOf().bridge.addRule({ ...all, name: 'x', busName: 'nowhere', targets: [] })
  expect(add).toThrow('rule x: there is no event bus nowhere; add it first (known: default, orders)')
})

test('a queue file that is damaged is told with its path', async () => {
  const dataDir = temporaryDirectory()
  const file = join(dataDir, 'events', 'deliveries.sqlite')
  await mkdir(join(dataDir, 'events'))
  writeFileSync(file, 'this is no database, and long enough to be looked at by SQLite as one')
  expect(() => bridgeOf({ dataDir })).toThrow(`cannot open the event queue ${file}`)
})

test.each(['ListRules', 'DeleteRule', 'constructor'])('%s is not run here', async (operation) => {
  const refused = bridgeOf().bridge.handle(operation, {})
  await expect(refused).rejects.toMatchObject({ code: 'UnknownOperationException' })
})
