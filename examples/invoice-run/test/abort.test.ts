import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { running } from './running.ts'

let run: Awaited<ReturnType<typeof running>>
before(async () => {
  run = await running()
})
after(() => run?.stop())

const stateOf = (job: Awaited<ReturnType<typeof run.untilEnded>>, name: string) =>
  job.steps.filter((step) => step.name === name).map(({ state }) => state)

test('left alone it renders, sends, books and trains', async () => {
  const id = await run.start(1)
  assert.equal((await run.untilEnded(id)).state, 'SUCCEEDED')
  assert.equal(await run.kept(`pages/${id}/`), 12)
  assert.equal(await run.kept(`outbox/${id}/`), 4)
  assert.equal(await run.kept(`ledger/${id}`), 1)
})

test('by force and with a rollback in mid-render: no page is left, and no mail was sent', async () => {
  const id = await run.start(2000)
  await run.untilStep(id, 'render')
  await run.client.abort(id, { mode: 'force', reason: 'wrong month', rollback: true })
  assert.equal((await run.untilEnded(id)).state, 'CANCELLED')
  assert.equal(await run.kept(`pages/${id}/`), 0)
  assert.equal(await run.kept(`outbox/${id}/`), 0)
})

test('gracefully between two mails: what was sent stays sent, and nothing is booked', async () => {
  const id = await run.start(1000)
  await run.untilStep(id, 'send')
  await run.client.abort(id, { mode: 'graceful', reason: 'wrong prices' })
  const job = await run.untilEnded(id)
  assert.equal(job.state, 'CANCELLED')
  assert.deepEqual(stateOf(job, 'send'), ['CANCELLED'])
  const mails = await run.kept(`outbox/${id}/`)
  assert.ok(mails > 0 && mails < 4, `${mails} mails`)
  assert.equal(await run.kept(`ledger/${id}`), 0)
})

test('with a rollback in mid-training: the booking and the pages are undone, the mails are told of', async () => {
  const id = await run.start(300)
  await run.untilStep(id, 'train')
  await run.client.abort(id, { mode: 'graceful', reason: 'wrong year', rollback: true })
  const job = await run.untilEnded(id)
  assert.equal(job.state, 'CANCELLED')
  assert.equal(await run.kept(`ledger/${id}`), 0)
  assert.equal(await run.kept(`pages/${id}/`), 0)
  assert.equal(await run.kept(`outbox/${id}/`), 4)
  assert.ok(job.not_undone.some(({ step, reason }) => step === 'send' && /stay sent/.test(reason)))
})
