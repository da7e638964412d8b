import { beforeEach, expect, test } from 'vitest'
import type { AbortMode } from '#core/job/job.ts'
import { executionArnOf } from '#core/job/job.ts'
import type { JobEvent } from '#core/job/reducer.ts'
import { abortJob } from '#engine/jobs/abort.ts'
import { type CommitCall, commitJob } from '#engine/jobs/commit.ts'
import { checkParked } from '#engine/jobs/parked.ts'
import { type MemoryPorts, memoryPorts } from '#engine/memory/ports.ts'
import { EMPTY, inline } from '#test/core/samples.ts'

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:demo'
const STARTED = '2026-01-31T09:00:00.000Z'
const CALL: CommitCall = {
  job_execution_id: 'job',
  template: 'demo',
  execution_arn: executionArnOf(MACHINE, 'job'),
  execution_started_at: STARTED,
}

let ports: MemoryPorts
beforeEach(async () => {
  ports = memoryPorts({ templates: [], standDownArn: `${MACHINE}-stand-down` })
  await ports.executions.start(MACHINE, 'job', EMPTY)
  const job = {
    ...CALL,
    execution_started_at: null,
    tenant_id: 'default',
    input: inline({}),
    created_by: 'me',
  }
  await apply({ type: 'create', at: STARTED, job: { ...job, created_at: STARTED } })
  const execution = { execution_arn: CALL.execution_arn, execution_started_at: STARTED }
  await apply({ type: 'begin', at: STARTED, execution })
})

const apply = (event: JobEvent) => ports.jobs.apply('job', event)

const abort = (mode: AbortMode) => {
  const wanted = { reason: null, requested_by: 'someone', force_after_seconds: null, rollback: false }
  return abortJob(ports, { job_execution_id: 'job', mode, ...wanted })
}

const close = () =>
  apply({ type: 'close', at: STARTED, end: { status: 'FAILED', error: 'Broken', cause: null } })

test('parked although nobody aborts the job is a failure', async () => {
  await expect(checkParked(ports, CALL)).rejects.toMatchObject({
    name: 'ParkedWithoutAbort',
    message: 'a step of job said that it was stopped, but its job is ONGOING',
  })
})

test.each<[string, () => Promise<unknown>]>([
  ['is aborted gracefully', () => abort('graceful')],
  ['is aborted by force', () => abort('force')],
  ['is being stood down', close],
  ['has been committed', () => commitJob(ports, CALL)],
])('parked while its job %s, it goes on waiting for its stop', async (_title, bring) => {
  await bring()
  await expect(checkParked(ports, CALL)).resolves.toBeUndefined()
})

test.each<[string, Partial<CommitCall>]>([
  ['a job that has no record', { job_execution_id: 'gone' }],
  ['the job of another execution', { execution_arn: executionArnOf(`${MACHINE}-2`, 'job') }],
  ['the job of an earlier execution of its name', { execution_started_at: '2026-01-01T09:00:00.000Z' }],
])('parked under the name of %s is a failure, because nobody will stop it', async (_title, call) => {
  await abort('force')
  await expect(checkParked(ports, { ...CALL, ...call })).rejects.toMatchObject({ name: 'ParkedWithoutAbort' })
})
