import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { buildApp } from '#infra/build-app.ts'
import { APPS, synthesize } from './synth.ts'

const module = (name: string): string => join(import.meta.dirname, name)

test.each(APPS)('cdk-nag finds nothing in $title that nobody gave a reason for', async ({ options }) => {
  await expect(synthesize({ ...options, nag: true })).resolves.toBeDefined()
})

test('a finding of cdk-nag that nobody gave a reason for stops the synth', async () => {
  await expect(synthesize({ extraJobs: module('unsafe-jobs.ts') })).rejects.toThrow('AwsSolutions-S10')
})

test('a module that adds nothing is refused', async () => {
  await expect(synthesize({ extraJobs: module('synth.ts') })).rejects.toThrow(
    'has no default export that adds jobs',
  )
})

test('a draft does not synthesize itself when the process ends, as apps under the CDK command line do', async () => {
  const outdir = mkdtempSync(join(tmpdir(), 'standdown-draft-'))
  vi.stubEnv('CDK_OUTDIR', outdir)
  const listeners = process.listenerCount('beforeExit')
  await buildApp({ draft: true })
  expect(process.listenerCount('beforeExit')).toBe(listeners)
  vi.unstubAllEnvs()
  rmSync(outdir, { recursive: true })
})

test('two synths of the same sources give the same template', async () => {
  const [first, second] = [await synthesize({ nag: false }), await synthesize({ nag: false })]
  expect(second.toJSON()).toEqual(first.toJSON())
})
