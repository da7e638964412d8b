import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '#test/scenarios/poll.ts'
import { type Installed, installed, type Running, runDev } from './installed.ts'

let theirs: Installed
beforeAll(async () => {
  theirs = await installed()
}, 400_000)
afterAll(() => theirs?.remove())

const node = (...args: string[]): string => theirs.run('node', ...args)

describe.each(['cjs', 'esm'])('a step bundled by another bundler as %s', (format) => {
  test('is loaded, and says what it is', () => {
    const out = `bundled/${format}/count.${format === 'cjs' ? 'cjs' : 'mjs'}`
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
  expect(theirs.types('app.ts', 'steps/count.test.ts', 'abort-both-ways.ts')).toBe('')
}, 120_000)

test('what standdown init writes has a test that passes, and is not written twice', () => {
  expect(theirs.run('npm', 'test')).toMatch(/^# pass 1$|ℹ pass 1/m)
  expect(() => theirs.run('node_modules/.bin/standdown', 'init')).toThrow('there is app.ts and cdk.json')
}, 60_000)

test('the tests that docs/testing-steps.md shows pass', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/testing-steps.md'), 'utf8')
  const [everywhere, step, single] = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((block) => block[1]!)
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
    running = await runDev(theirs)
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

  test('shows the page', async () => {
    expect(await (await fetch(`${running.apiUrl}/`)).text()).toContain('<div id="root">')
  })

  test('reloads a step that changes, and tells of what only a start deploys', async () => {
    const file = join(theirs.folder, 'steps/count.ts')
    const source = readFileSync(file, 'utf8')
    writeFileSync(file, source.replace('counted: to', 'counted: to, by: 1'))
    await until('the reload', async () =>
      running.lines.some((line) => /^reloaded +standdown-steps-count/.test(line)),
    )
    expect(running.lines.join('\n')).not.toContain('has changed')
    writeFileSync(file, source.replace("abortable: 'checkpoint'", "abortable: 'boundary'"))
    await until('what is not deployed', async () =>
      running.lines.some((line) => /has changed, which only a start deploys/.test(line)),
    )
  }, 180_000)
})
