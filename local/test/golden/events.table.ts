import { expect, vi } from 'vitest'
import { bridgeOf, busEvent, target } from '../events/bridge.ts'
import { eventually } from '../fixtures/eventually.ts'
import type { GoldenRow } from './golden.ts'

const PUT = 'https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html'
const RESULT = 'https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html'
const UG = 'https://docs.aws.amazon.com/eventbridge/latest/userguide'

const entry = { Source: 'app', DetailType: 'made', Detail: '{"a":1}', EventBusName: 'orders' }
const rule = { name: 'settle', busName: 'orders', enabled: true, pattern: { source: ['app'] } }
const all = { busName: 'orders', enabled: true, pattern: { source: ['orders'] } }

type Refusal = [what: string, change: object, ErrorCode: string]

const failsAlone = ([what, change, ErrorCode]: Refusal): GoldenRow<unknown> => ({
  behaviour: `an entry ${what} fails alone, as ${ErrorCode}`,
  source: RESULT,
  async check() {
    const { bridge, delivered } = bridgeOf()
    bridge.addRule({ ...rule, targets: [target('a')] })
    const answer = await bridge.handle('PutEvents', { Entries: [{ ...entry, ...change }, entry] })
    expect(answer).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode, ErrorMessage: expect.any(String) }, { EventId: expect.any(String) }],
    })
    await eventually(() => expect(delivered).toHaveLength(1))
  },
})

const refusals: Refusal[] = [
  ['of a source of AWS', { Source: 'aws.states' }, 'NotAuthorizedForSourceException'],
  ['without a source', { Source: undefined }, 'InvalidArgument'],
  ['with an empty detail type', { DetailType: '' }, 'InvalidArgument'],
  ['without a detail', { Detail: undefined }, 'InvalidArgument'],
  ['whose detail is no JSON', { Detail: '{' }, 'MalformedDetail'],
  ['whose detail is a list', { Detail: '[1]' }, 'MalformedDetail'],
  ['with a time that is none', { Time: 'yesterday' }, 'InvalidArgument'],
  ['for a bus that is not there', { EventBusName: 'nowhere' }, 'InvalidArgument'],
]

const refusedWhole = (what: string, Entries: object[]): GoldenRow<unknown> => ({
  behaviour: `a request with ${what} is refused as a whole`,
  source: PUT,
  async check() {
    const put = bridgeOf().bridge.handle('PutEvents', { Entries })
    await expect(put).rejects.toMatchObject({ code: 'ValidationException' })
  },
})

const deliveries: GoldenRow<unknown>[] = [
  {
    behaviour: 'an event goes to every target of every matching, enabled rule of its bus, and to no other',
    source: `${UG}/eb-rules.html`,
    async check() {
      const { bridge, delivered } = bridgeOf()
      bridge.addRule({ ...all, name: 'matches', targets: [target('a'), target('b')] })
      bridge.addRule({ ...all, name: 'other', pattern: { source: ['other'] }, targets: [target('c')] })
      bridge.addRule({ ...all, name: 'off', enabled: false, targets: [target('d')] })
      bridge.addRule({ ...all, name: 'elsewhere', busName: 'default', targets: [target('e')] })
      const event = busEvent()
      bridge.put(event, 'orders')
      await eventually(() => expect(delivered).toHaveLength(2))
      expect(delivered).toEqual([
        { target: 'a', event },
        { target: 'b', event },
      ])
    },
  },
  {
    behaviour: 'a target that fails gets the event again until it takes it',
    source: `${UG}/eb-rule-retry-policy.html`,
    async check() {
      let tries = 0
      const { bridge } = bridgeOf({
        deliver: async () => {
          tries += 1
          if (tries < 3) throw new Error('not now')
        },
      })
      bridge.addRule({ ...all, name: 'settle', targets: [target('a')] })
      bridge.put(busEvent(), 'orders')
      await eventually(() => expect(tries).toBe(3))
    },
  },
  {
    behaviour: 'a rate first fires one period after the start, then each period, as a Scheduled Event',
    source: `${UG}/eb-create-rule-schedule.html`,
    async check() {
      vi.useFakeTimers()
      try {
        const { bridge, delivered } = bridgeOf()
        const schedule = 'rate(1 minute)'
        const sweep = { name: 'sweep', busName: 'default', enabled: true, schedule, targets: [target('a')] }
        bridge.addRule(sweep)
        bridge.start()
        await vi.advanceTimersByTimeAsync(59_000)
        expect(delivered).toHaveLength(0)
        await vi.advanceTimersByTimeAsync(1_000)
        expect(delivered).toHaveLength(1)
        await vi.advanceTimersByTimeAsync(120_000)
        expect(delivered).toHaveLength(3)
        const resources = ['arn:aws:events:us-east-1:000000000000:rule/sweep']
        const scheduled = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }
        expect(delivered[0]?.event).toMatchObject({ ...scheduled, resources })
        await bridge.close()
        await vi.advanceTimersByTimeAsync(120_000)
        expect(delivered).toHaveLength(3)
      } finally {
        vi.useRealTimers()
      }
    },
  },
]

/** What PutEvents takes, and what becomes of an event. */
export const EVENTS: GoldenRow<unknown>[] = [
  {
    behaviour:
      'a put event reaches its rule with the fields that EventBridge adds, its time in whole seconds',
    source: `${UG}/eb-events-structure.html`,
    async check() {
      const { bridge, delivered } = bridgeOf()
      bridge.addRule({ ...rule, targets: [target('a')] })
      const EventBusName = 'arn:aws:events:us-east-1:000000000000:event-bus/orders'
      const Entries = [{ ...entry, EventBusName, Time: 1_700_000_000, Resources: ['arn:x'] }]
      const answer = await bridge.handle('PutEvents', { Entries })
      await eventually(() => expect(delivered).toHaveLength(1))
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
    },
  },
  ...refusals.map(failsAlone),
  refusedWhole('no entries', []),
  refusedWhole(
    'eleven entries',
    Array.from({ length: 11 }, () => entry),
  ),
  refusedWhole('more than 256 KB', [{ ...entry, Detail: JSON.stringify({ a: 'x'.repeat(256 * 1024) }) }]),
  ...deliveries,
]
