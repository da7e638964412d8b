import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createClient } from '#client/client.ts'
import { until } from '#test/scenarios/poll.ts'
import { blocksOf, pageOf } from '../docs/pages.ts'
import { attachPage, writeAttachPage } from './attach-page.ts'
import { type Installed, installed, type Running, runDev } from './installed.ts'
import { packagePage, writePackagePage } from './package-page.ts'

const [tutorial = ''] = pageOf('writing-a-step.md').split('## The parts of a step')

let theirs: Installed
beforeAll(async () => {
  theirs = await installed()
  writePackagePage(theirs)
  writeAttachPage(join(theirs.folder, 'attached'))
}, 400_000)
afterAll(() => theirs?.remove())

const node = (...args: string[]): string => theirs.run('node', ...args)

describe.each(['cjs', 'esm'])('a step bundled by another bundler as %s', (format) => {
  test('is loaded, and says what it is', () => {
    const out = `built/${format}/count.${format === 'cjs' ? 'cjs' : 'mjs'}`
    const banner =
      "--banner:js=import{createRequire}from'node:module';const require=createRequire(import.meta.url);"
    const more = format === 'esm' ? [banner] : []
    theirs.run(
      'node_modules/.bin/esbuild',
      ...['steps/count.ts', '--bundle', '--platform=node', `--format=${format}`, `--outfile=${out}`, ...more],
    )
    const said = node(
      '--input-type=module',
      '-e',
      `console.log((await import('./${out}')).handler.step.name)`,
    )
    expect(said.trim()).toBe('count')
  })
})

test('types reach the user', () => {
  const attached = ['attached/app.ts', 'attached/hooks.ts']
  const files = [
    'more-jobs.ts',
    'on-event.ts',
    'placed-app.ts',
    'steps/count.test.ts',
    'abort-both-ways.ts',
    ...attached,
  ]
  expect(theirs.types(...files)).toBe('')
}, 120_000)

test('what standdown init writes has a test that passes, and is not written twice', () => {
  expect(theirs.run('npm', 'test')).toMatch(/^# pass 1$|ℹ pass 1/m)
  expect(() => theirs.run('node_modules/.bin/standdown', 'init')).toThrow('there is app.ts and cdk.json')
}, 60_000)

test('docs/writing-a-step.md shows what standdown init writes', () => {
  const [step, app] = blocksOf(tutorial, 'ts')
  expect(readFileSync(join(theirs.folder, 'steps/count.ts'), 'utf8')).toBe(step)
  expect(readFileSync(join(theirs.folder, 'app.ts'), 'utf8')).toBe(app)
})

test('the tests that docs/testing-steps.md shows pass', () => {
  const [everywhere, step, single] = blocksOf(pageOf('testing-steps.md'), 'ts')
  writeFileSync(join(theirs.folder, 'steps/write-files.ts'), step!)
  writeFileSync(
    join(theirs.folder, 'steps/write-files.test.ts'),
    `${everywhere}${single!.replace(/^import \{ readdirSync.*$/m, '')}`,
  )
  const told = node('--test', 'steps/write-files.test.ts')
  expect(told).toMatch(/pass 4$/m)
  // Neither the logs nor the metrics of a deployed step are in the way.
  expect(told).not.toContain('"level"')
  expect(told).not.toContain('CloudWatchMetrics')
}, 60_000)

test('where the runtime is missing, standdown dev names the command that installs it', () => {
  const [runtime, away] = ['standdown-local', 'away'].map((name) => join(theirs.folder, 'node_modules', name))
  renameSync(runtime!, away!)
  try {
    expect(() => theirs.run('node_modules/.bin/standdown', 'dev', '--app', 'node app.ts')).toThrow(
      /not installed[\s\S]*npm install --save-dev \S*standdown-local-\d+\.\d+\.\d+\.tgz/,
    )
  } finally {
    renameSync(away!, runtime!)
  }
})

describe('standdown dev', () => {
  let running: Running
  beforeAll(async () => {
    running = await runDev(theirs, "npx standdown dev --app 'node more-jobs.ts'")
  }, 180_000)
  afterAll(() => running?.stop())

  test('runs a job that is aborted through the client, gracefully and by force', async () => {
    expect(node('abort-both-ways.ts', running.apiUrl).trim().split('\n')).toEqual([
      'graceful CANCELLED CANCELLED true true',
      'force CANCELLED CANCELLED true true',
    ])
    await until('the line of the abort', async () =>
      running.lines.some((line) => /count: aborted by .*, graceful \(far enough\)/.test(line)),
    )
  }, 120_000)

  const [_install, _dev, start = '', abort = '', force = '', change = ''] = blocksOf(tutorial, 'sh')

  test('leads a reader of docs/writing-a-step.md to a job of one’s own, aborted in each mode', () => {
    expect(theirs.shell(start)).toContain('refused')
    expect(theirs.shell(abort)).toMatch(/"state":"CANCELLED".*"reason":"far enough".*"cleaned_up":true/)
    expect(theirs.shell(force)).toMatch(/"state":"CANCELLED".*"mode":"force"/)
  }, 180_000)

  test('runs a change that the reader makes in the next attempt', async () => {
    theirs.shell(change)
    const client = createClient({ endpoint: running.apiUrl })
    await until('the result of the changed step', async () => {
      const { job_execution_id: id } = await client.execute({
        template: 'count',
        input: { to: 1, every_ms: 1 },
      })
      await until('its end', async () => (await client.job(id)).ended_at !== null)
      const { items } = await client.stepValues(id)
      return JSON.stringify(items[0]?.result) === '{"counted":1,"by":"me"}'
    })
  }, 180_000)

  packagePage(
    () => theirs,
    () => running,
  )

  test('shows the page', async () => {
    expect(await (await fetch(`${running.apiUrl}/`)).text()).toContain('<div id="root">')
  })

  test('tells of what only a start deploys', async () => {
    const file = join(theirs.folder, 'steps/count.ts')
    const source = readFileSync(file, 'utf8')
    expect(running.lines.join('\n')).not.toContain('has changed')
    writeFileSync(file, source.replace("abortable: 'checkpoint'", "abortable: 'boundary'"))
    onTestFinished(() => writeFileSync(file, source))
    await until('what is not deployed', async () =>
      running.lines.some((line) => /has changed, which only a start deploys/.test(line)),
    )
  }, 180_000)
})

test('standdown dev runs an app of two stacks that say their account and region', async () => {
  const running = await runDev(theirs, "npx standdown dev --app 'node placed-app.ts'")
  try {
    expect(node('abort-both-ways.ts', running.apiUrl).trim().split('\n')).toEqual([
      'graceful CANCELLED CANCELLED true true',
      'force CANCELLED CANCELLED true true',
    ])
    const told = running.lines.filter((line) => /does not allow it|has failed|error/i.test(line))
    expect(told).toEqual([])
  } finally {
    await running.stop()
  }
}, 240_000)

attachPage(() => theirs)
