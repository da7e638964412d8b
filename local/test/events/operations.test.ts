import { expect, test, vi } from 'vitest'
import { bridgeOf, target } from './bridge.ts'

const entry = { Source: 'app', DetailType: 'made', Detail: '{"a":1}', EventBusName: 'standdown' }
const rule = { name: 'settle', busName: 'standdown', enabled: true, pattern: { source: ['app'] } }

test('a put event reaches its rule with the fields EventBridge adds', async () => {
  const { bridge, delivered } = bridgeOf()
  bridge.addRule({ ...rule, targets: [target('a')] })
  const EventBusName = 'arn:aws:events:us-east-1:000000000000:event-bus/standdown'
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

test('the rules, targets and buses of the template can be read', async () => {
  const { bridge } = bridgeOf()
  bridge.addRule({ ...rule, targets: [target('a', { deadLetterArn: 'arn:dlq', maximumRetryAttempts: 0 })] })
  const described = {
    Name: 'settle',
    Arn: 'arn:aws:events:us-east-1:000000000000:rule/standdown/settle',
    EventBusName: 'standdown',
    State: 'ENABLED',
    EventPattern: '{"source":["app"]}',
  }
  const EventBusName = 'standdown'
  expect(await bridge.handle('ListRules', { EventBusName })).toEqual({ Rules: [described] })
  expect(await bridge.handle('ListRules', {})).toEqual({ Rules: [] })
  expect(await bridge.handle('DescribeRule', { EventBusName, Name: 'settle' })).toEqual(described)
  expect(await bridge.handle('ListTargetsByRule', { EventBusName, Rule: 'settle' })).toEqual({
    Targets: [
      {
        Id: 'a',
        Arn: 'arn:a',
        DeadLetterConfig: { Arn: 'arn:dlq' },
        RetryPolicy: { MaximumRetryAttempts: 0 },
      },
    ],
  })
  expect(await bridge.handle('ListEventBuses', {})).toEqual({
    EventBuses: ['default', 'standdown'].map((Name) => ({
      Name,
      Arn: `arn:aws:events:us-east-1:000000000000:event-bus/${Name}`,
    })),
  })
})

test.each([
  ['DescribeRule', { Name: 'none' }, 'ResourceNotFoundException'],
  ['ListRules', { EventBusName: 'none' }, 'ResourceNotFoundException'],
  ['TestEventPattern', { EventPattern: '{"a":"b"}', Event: '{}' }, 'InvalidEventPatternException'],
  ['TestEventPattern', { EventPattern: '{', Event: '{}' }, 'InvalidEventPatternException'],
  ['DeleteRule', {}, 'UnknownOperationException'],
  ['constructor', {}, 'UnknownOperationException'],
])('%s with %j is refused with the error of AWS', async (operation, input, code) => {
  await expect(bridgeOf().bridge.handle(operation, input)).rejects.toMatchObject({ code })
})

test('a pattern can be tried on an event', async () => {
  const { bridge } = bridgeOf()
  const EventPattern = '{"source":["app"]}'
  expect(await bridge.handle('TestEventPattern', { EventPattern, Event: '{"source":"app"}' })).toEqual({
    Result: true,
  })
  expect(await bridge.handle('TestEventPattern', { EventPattern, Event: '{"source":"b"}' })).toEqual({
    Result: false,
  })
})
