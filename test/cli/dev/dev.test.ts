import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createClient } from '#client/client.ts'
import { npmStart } from '../../scenarios/npm-start.ts'
import { until } from '../../scenarios/poll.ts'
import { standdown } from '../standdown.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'standdown-dev-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('what happens to a job is told a line each, and its logs are where that is said', async () => {
  const running = await npmStart(folder)
  const line = (pattern: RegExp) => until(`${pattern}`, async () => pattern.exec(running.printed())?.[0])
  expect(await line(/^console .+$/m)).toContain(running.apiUrl)
  expect(await line(/^logs .+$/m)).toContain(join(folder, 'logs'))
  const { actionPlans, abort } = createClient({ endpoint: running.apiUrl })
  const [nop, sleep] = [crypto.randomUUID(), crypto.randomUUID()]
  const { uuid } = await actionPlans.create({
    actions: [
      { uuid: nop, action_type: 'nop' },
      { uuid: sleep, action_type: 'sleep', input_parameters: { duration: 300 }, parents: [nop] },
    ],
  })
  const { job_execution_id: id } = await actionPlans.start(uuid)
  await line(/action-plan: started$/m)
  await line(/action-plan: step run-action\[.+\] SUCCEEDED after .+$/m)
  await abort(id ?? '', { mode: 'graceful', reason: 'enough' })
  await line(/action-plan: aborted by .+, graceful \(enough\)$/m)
  await line(/action-plan: step run-action\[.+\] CANCELLED after .+$/m)
  await line(/action-plan: CANCELLED$/m)
  const logs = await standdown(['logs', id ?? '', '--step', 'run-action', '-o', 'ndjson'], {
    STANDDOWN_DATA: folder,
  })
  expect(logs).toMatchObject({ code: 0, err: '' })
  for (const one of logs.out.trim().split('\n')) expect(one).toContain('run-action')
  await running.stop()
}, 120_000)

test('dev is npm start, with its option and its exit code', async () => {
  const npm = join(folder, 'npm')
  writeFileSync(npm, '#!/bin/sh\necho "$@"\nexit 7\n')
  chmodSync(npm, 0o755)
  const env = { PATH: `${folder}:${process.env.PATH}` }
  expect(await standdown(['dev', '--run-commands'], env)).toEqual({
    code: 7,
    out: 'start --silent -- --run-commands\n',
    err: '',
  })
})
