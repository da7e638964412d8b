import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import {
  createEventBridge,
  type EventBridge,
  type EventBridgeOptions,
  type Target,
} from '#local/events/event-bridge.ts'
import type { BusEvent } from '#local/types.ts'

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'local-events-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export type Delivered = { target: string; event: unknown }

/** A bridge with the bus `orders`; `delivered` collects what its targets took. */
export function bridgeOf(options: Partial<EventBridgeOptions> = {}) {
  const delivered: Delivered[] = []
  const dataDir = options.dataDir ?? temporaryDirectory()
  const deliver = async ({ id }: Target, event: unknown): Promise<void> =>
    void delivered.push({ target: id, event })
  const bridge: EventBridge = createEventBridge({
    region: 'us-east-1',
    account: '000000000000',
    deliver,
    retryDelaysMs: [1],
    ...options,
    dataDir,
  })
  bridge.addBus('orders')
  onTestFinished(() => bridge.close())
  return { bridge, delivered, dataDir }
}

export function busEvent(changes: Partial<BusEvent> = {}): BusEvent {
  const time = '2026-11-21T10:00:00Z'
  const fixed = { account: '000000000000', region: 'us-east-1', time, resources: [] }
  const event = { id: 'event-1', 'detail-type': 'order.cancel.start', source: 'orders', detail: {} }
  return { version: '0', ...fixed, ...event, ...changes }
}

export const target = (id: string, more: Partial<Target> = {}): Target => ({ id, arn: `arn:${id}`, ...more })
