import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Template } from 'aws-cdk-lib/assertions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '#infra/build-app.ts'
import { buildBundles } from '#infra/bundle/build.ts'
import { Deployed } from '../deployed.ts'
import { SECOND_TEMPLATE } from '../synth.ts'

let folder: string
let names: string[]
let deployed: Deployed

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'standdown-built-'))
  const options = { extraJobs: SECOND_TEMPLATE, bundles: join(folder, 'bundles'), nag: false }
  names = (await buildBundles(options)).map(({ name }) => name)
  const { stack } = await buildApp({ ...options, outdir: join(folder, 'assembly') })
  deployed = new Deployed(Template.fromStack(stack))
})

afterAll(() => rmSync(folder, { recursive: true }))

test('what is bundled are the entries that the functions of the app name', () => {
  const functions = deployed.functions.map(({ properties }) => properties.FunctionName)
  expect(names.map((name) => `standdown-${name.replaceAll('/', '-')}`).sort()).toEqual(functions.sort())
  expect(names).toEqual(expect.arrayContaining(['events/settle', 'test/jobs/second-template/publish']))
})

test('a chain has the names that its steps give themselves, whatever their files are called', () => {
  const report = deployed.jobs.find(({ template }) => template.name === 'report')!
  expect(report.template.steps).toMatchObject([
    { name: 'collect-figures', order: 1, abortable: 'checkpoint', irreversible: null },
    {
      name: 'publish',
      order: 2,
      abortable: 'boundary',
      irreversible: 'what was published may have been read',
    },
  ])
  const [collect] = report.template.steps
  const version = deployed.versions.find(({ id }) => collect?.function_arn === `<${id}>`)
  const fn = deployed.functions.find(({ id }) => version?.properties.FunctionName.Ref === id)
  expect(fn?.properties.FunctionName).toBe('standdown-test-jobs-second-template-collect')
})
