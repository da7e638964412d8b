import { expect } from 'vitest'
import type { Job } from '#core/job/job.ts'
import { notificationsOf } from '#core/notifications/envelope.ts'
import { notification as schema } from '#core/notifications/schemas.ts'
import { isTerminal, JOB_EDGES, STEP_EDGES } from '#core/states.ts'
import type { Step } from '#core/step/step.ts'
import { isWhole, lineOf } from '#test/core/notifications/history.ts'
import type { Recorded } from '../aws/faults.ts'

/** The images of one item, in the order in which they were written. */
type Images = (Job | Step)[]

/** Every image that every item of the job ever had: no version missing, none twice. */
export function historiesOf(writes: Recorded[], jobId: string): Map<string, Images> {
  const items = new Map<string, Images>()
  for (const { item, sk } of writes.filter((one) => one.item.job_execution_id === jobId)) {
    items.set(sk, [...(items.get(sk) ?? []), item])
  }
  for (const images of items.values()) {
    images.sort((a, b) => a.version - b.version)
    expect(images.map((image) => image.version)).toEqual(images.map((_image, i) => i + 1))
  }
  return items
}

/** I3, I5, I8, I12, I13 and I22 over everything that was written. */
export function checkHistories(items: Map<string, Images>): void {
  for (const [sk, images] of items) {
    for (const [i, after] of images.slice(1).entries()) checkChange(images[i]!, after)
    checkNotifications(sk, images)
  }
}

function checkChange(before: Job | Step, after: Job | Step): void {
  const edges = before.kind === 'job' ? JOB_EDGES : STEP_EDGES
  if (before.state !== after.state) expect(edges[before.state]).toContain(after.state)
  expect(after.epoch).toBeGreaterThanOrEqual(before.epoch)
  const reverted = before.kind === 'step' && before.state === 'SUCCEEDED'
  if (!reverted) expect(isTerminal(before.state), `${before.state} was written`).toBe(false)
  if (before.abort_request?.mode === 'force') expect(after.abort_request?.mode).toBe('force')
}

function checkNotifications(sk: string, images: Images): void {
  const sent = images.flatMap((after, i) => notificationsOf(images[i - 1], after, (text) => text))
  const told = sent.map(({ notification }) => notification)
  for (const one of told) schema.parse(one)
  expect(told.map((one) => one.sequence)).toEqual(told.map((_one, i) => i + 1))
  expect(new Set(told.map((one) => one.message_id)).size).toBe(told.length)
  const line = lineOf(told.map(({ event_type }) => event_type))
  expect(isWhole(images[0]!.kind, line), `${sk} sent ${line}`).toBe(true)
}
