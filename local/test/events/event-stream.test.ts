import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { EventBridge } from '#local/events/event-bridge.ts'
import { openEventLog } from '#local/events/event-log.ts'
import { eventually } from '../fixtures/eventually.ts'
import { bridgeOf, busEvent, temporaryDirectory } from './bridge.ts'

async function serve(bridge: EventBridge): Promise<string> {
  const server = createServer(async (req, res) => {
    if (!(await bridge.handleEvents(req, res))) res.writeHead(418).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Follows a stream; `text()` is what has come so far. */
async function follow(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers })
  const decoder = new TextDecoder()
  let text = ''
  const ended = (async () => {
    for await (const chunk of response.body ?? [])
      text += decoder.decode(chunk as Uint8Array, { stream: true })
  })().catch(() => {})
  return {
    response,
    ended,
    text: () => text,
    ids: () => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id)),
  }
}

test('every event of every bus is streamed with its number, name and bus', async () => {
  const { bridge } = bridgeOf()
  const stream = await follow(`${await serve(bridge)}/_events`)
  expect(stream.response.headers.get('content-type')).toBe('text/event-stream')
  bridge.put(busEvent(), 'orders')
  bridge.put(busEvent({ id: 'event-2', source: 'aws.states' }))
  await eventually(() => expect(stream.ids()).toEqual([1, 2]))
  const data = JSON.stringify({ seq: 1, bus: 'orders', ...busEvent() })
  expect(stream.text()).toContain(`id: 1\nevent: order.cancel.start\ndata: ${data}\n\n`)
})

test.each([
  ['?bus=orders', [1, 3]],
  ['?source=aws.states', [2]],
  ['?detail-type=order.cancel.end', [3]],
  ['?bus=orders&detail-type=order.cancel.start', [1]],
])('the filter %s lets only its events through', async (query, ids) => {
  const { bridge } = bridgeOf()
  bridge.put(busEvent(), 'orders')
  bridge.put(busEvent({ source: 'aws.states' }))
  bridge.put(busEvent({ 'detail-type': 'order.cancel.end' }), 'orders')
  const stream = await follow(`${await serve(bridge)}/_events${query}`, { 'Last-Event-ID': '0' })
  await eventually(() => expect(stream.ids()).toEqual(ids))
})

test('a reader that comes back gets what it missed and then what is new, each once and in order', async () => {
  const { bridge, dataDir } = bridgeOf()
  for (const id of ['1', '2', '3']) bridge.put(busEvent({ id }), 'orders')
  await bridge.close()
  const again = bridgeOf({ dataDir }).bridge
  const stream = await follow(`${await serve(again)}/_events`, { 'Last-Event-ID': '1' })
  again.put(busEvent({ id: '4' }), 'orders')
  await eventually(() => expect(stream.ids()).toEqual([2, 3, 4]))
})

test('a name with a line break cannot forge a field of the stream', async () => {
  const { bridge } = bridgeOf()
  const stream = await follow(`${await serve(bridge)}/_events`)
  bridge.put(busEvent({ 'detail-type': 'a\ndata: forged' }), 'orders')
  await eventually(() => expect(stream.ids()).toEqual([1]))
  expect(stream.text()).toContain('event: a data: forged\n')
})

test('closing the bridge ends its streams', async () => {
  const { bridge } = bridgeOf()
  const stream = await follow(`${await serve(bridge)}/_events`)
  await bridge.close()
  await stream.ended
  expect(stream.text()).toBe(': events\n\n')
})

test('other paths are left to others', async () => {
  expect((await fetch(`${await serve(bridgeOf().bridge)}/other`)).status).toBe(418)
})

test('events are kept in one file per UTC day and numbered on over days and starts', () => {
  const directory = temporaryDirectory()
  const days = ['2026-11-20T23:59:59Z', '2026-11-21T00:00:00Z']
  for (const day of days) openEventLog(directory, () => new Date(day)).append('orders', busEvent())
  expect(readdirSync(directory).sort()).toEqual(['2026-11-20.ndjson', '2026-11-21.ndjson'])
  const last = readFileSync(join(directory, '2026-11-21.ndjson'), 'utf8')
  expect(JSON.parse(last)).toEqual({ seq: 2, bus: 'orders', ...busEvent() })
})

test('the number of the last event is found behind large ones', () => {
  const directory = temporaryDirectory()
  const log = openEventLog(directory)
  for (let count = 0; count < 6; count += 1) {
    log.append('orders', busEvent({ detail: { text: 'x'.repeat(250_000) } }))
  }
  expect(openEventLog(directory).lastSeq()).toBe(6)
})

test('a line that a power cut left half-written is passed over', async () => {
  const directory = temporaryDirectory()
  const day = () => new Date('2026-11-21T00:00:00Z')
  openEventLog(directory, day).append('orders', busEvent())
  writeFileSync(join(directory, '2026-11-21.ndjson'), '{"seq":2,"bu', { flag: 'a' })
  const log = openEventLog(directory, day)
  expect(log.append('orders', busEvent()).seq).toBe(2)
  const numbers: number[] = []
  for await (const { seq } of log.since(0)) numbers.push(seq)
  expect(numbers).toEqual([1, 2])
})
