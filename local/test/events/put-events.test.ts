import { expect, test, vi } from 'vitest'
import { bridgeOf, target } from './bridge.ts'

const entry = { Source: 'app', DetailType: 'made', Detail: '{"a":1}', EventBusName: 'orders' }
const rule = { name: 'settle', busName: 'orders', enabled: true, pattern: { source: ['app'] } }

test('a put event reaches its rule with the fields EventBridge adds', async () => {
  const { bridge, delivered } = bridgeOf()
  bridge.addRule({ ...rule, targets: [target('a')] })
  const EventBusName = 'arn:aws:events:us-east-1:000000000000:event-bus/orders'
  const Entries = [{ ...entry, EventBusName, Time: 1_700_000_000, Resources: ['arn:x'] }]
  const answer = await bridge.handle('PutEvents', { Entries })
  await vi.waitFor(() => expect(delivered).toHaveLength(1))
  const event = delivered[0]?.event
  expect(event).toEqual({
    version: '0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    'detail-type': 'made',
    source: 'app',
    account: '000000000000',
    time: '2023-11-14T22:13:20Z',
    region: 'us-east-1',
    resources: ['arn:x'],
    detail: { a: 1 },
  })
  expect(answer).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: (event as { id: string }).id }] })
})

test.each([
  [{ Source: 'aws.states' }, 'NotAuthorizedForSourceException'],
  [{ Source: undefined }, 'InvalidArgument'],
  [{ DetailType: '' }, 'InvalidArgument'],
  [{ Detail: undefined }, 'InvalidArgument'],
  [{ Detail: '{' }, 'MalformedDetail'],
  [{ Detail: '[1]' }, 'MalformedDetail'],
  [{ Time: 'yesterday' }, 'InvalidArgument'],
  [{ EventBusName: 'nowhere' }, 'InvalidArgument'],
])('an entry with %j fails alone', async (change, ErrorCode) => {
  const { bridge, delivered } = bridgeOf()
  bridge.addRule({ ...rule, targets: [target('a')] })
  const answer = await bridge.handle('PutEvents', { Entries: [{ ...entry, ...change }, entry] })
  expect(answer).toMatchObject({
    FailedEntryCount: 1,
    Entries: [{ ErrorCode, ErrorMessage: expect.any(String) }, { EventId: expect.any(String) }],
  })
  await vi.waitFor(() => expect(delivered).toHaveLength(1))
})

test.each([
  ['no entries', []],
  ['eleven entries', Array.from({ length: 11 }, () => entry)],
  ['more than 256 KB', [{ ...entry, Detail: JSON.stringify({ a: 'x'.repeat(256 * 1024) }) }]],
])('a request with %s is refused as a whole', async (_title, Entries) => {
  const { bridge } = bridgeOf()
  await expect(bridge.handle('PutEvents', { Entries })).rejects.toMatchObject({ code: 'ValidationException' })
})

test.each(['ListRules', 'DeleteRule', 'constructor'])('%s is not run here', async (operation) => {
  const refused = bridgeOf().bridge.handle(operation, {})
  await expect(refused).rejects.toMatchObject({ code: 'UnknownOperationException' })
})
