import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appProject } from '#cli/dev/app/app-project.ts'
import { readBundles } from '#cli/dev/reload/bundles.ts'
import { reloader } from '#cli/dev/reload/reload.ts'
import { watchSources } from '#cli/dev/reload/watch-sources.ts'
import { until } from '#test/scenarios/poll.ts'

let root: string
let lines: string[]
/** What each function runs. */
let code: Record<string, string>

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'standdown-reload-'))
  lines = []
  code = {}
  write('dist/functions/api/jobs/index.mjs', 'jobs 1')
  write('dist/functions/mine/copy/index.mjs', 'copy 1')
  write('dist/functions/mine/copy/step.json', '{"name":"copy"}')
  write('template.json', 'a chain')
})
afterEach(() => rmSync(root, { recursive: true }))

function write(name: string, content: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true })
  writeFileSync(join(root, name), content)
}

const runtime = {
  functions: ['standdown-api-jobs', 'standdown-mine-copy'],
  replaceCode: (name: string, folder: string) => {
    code[name] = join(folder, 'index.mjs')
  },
}
/** A reloader whose build makes this change. */
function reloading(build: () => void): () => Promise<void> {
  const project = {
    bundles: () => readBundles(join(root, 'dist/functions')),
    deployed: () => readFileSync(join(root, 'template.json'), 'utf8'),
    restart: 'end it and start it again',
  }
  const copies = join(root, 'data/reload')
  return reloader({
    runtime,
    project,
    copies,
    build: async () => build(),
    log: (line) => void lines.push(line),
  })
}
const running = (name: string): string => readFileSync(code[name]!, 'utf8')

test('a function whose code changed gets it, and no other', async () => {
  await reloading(() => write('dist/functions/mine/copy/index.mjs', 'copy 2'))()
  expect(Object.keys(code)).toEqual(['standdown-mine-copy'])
  expect(running('standdown-mine-copy')).toBe('copy 2')
  expect(lines).toEqual([expect.stringContaining('standdown-mine-copy')])
})

test('what runs is not changed by the next build before it is reloaded', async () => {
  let version = 1
  const reload = reloading(() => {
    version += 1
    write('dist/functions/mine/copy/index.mjs', `copy ${version}`)
  })
  await reload()
  write('dist/functions/mine/copy/index.mjs', 'half of a build')
  expect(running('standdown-mine-copy')).toBe('copy 2')
  await reload()
  expect(running('standdown-mine-copy')).toBe('copy 3')
})

test('a source with a fault is told, and the code runs on', async () => {
  const reload = reloading(() => {
    throw new Error('copy.ts:3: expected )')
  })
  await reload()
  expect(code).toEqual({})
  expect(lines.join()).toMatch(/runs on as it was: copy\.ts:3/)
})

test('what only a deployment changes is told', async () => {
  await reloading(() => {
    write('dist/functions/mine/copy/step.json', '{"name":"copy","abortable":"never"}')
    write('dist/functions/mine/new/index.mjs', 'new')
    write('template.json', 'another chain')
  })()
  expect(lines).toEqual([
    expect.stringMatching(/^standdown-mine-copy says something else .* start it again$/),
    expect.stringMatching(/^standdown-mine-new is new: .* start it again$/),
    expect.stringMatching(/^a chain, .* has changed.*start it again$/),
  ])
})

test('a change of a source is noticed, of theirs, too, and of nothing else', async () => {
  mkdirSync(join(root, 'functions'))
  write('mine/jobs.ts', '')
  write('mine/dist/x.ts', '')
  const end = new AbortController()
  let changes = 0
  const [deep, shallow] = [['functions', 'mine'].map((folder) => join(root, folder)), [root]]
  watchSources({ deep, shallow, signal: end.signal }, async () => {
    changes += 1
  })
  write('mine/dist/x.ts', 'changed')
  write('functions/notes.md', 'changed')
  write('functions/a.ts', 'changed')
  await until('the change of ours', async () => changes === 1)
  write('mine/steps/copy.ts', 'new')
  write('mine/jobs.ts', 'changed')
  await until('the change of theirs', async () => changes === 2)
  write('node_modules/x.ts', 'installed')
  write('app.ts', 'changed')
  await until('the change beside them', async () => changes === 3)
  end.abort()
})

test('a source that an editor replaces is noticed each time, and one in a new folder', async () => {
  write('mine/copy.ts', '')
  const end = new AbortController()
  let changes = 0
  watchSources({ deep: [join(root, 'mine')], shallow: [], signal: end.signal }, async () => {
    changes += 1
  })
  for (const time of [1, 2, 3]) {
    write('mine/copy.ts~', `version ${time}`)
    renameSync(join(root, 'mine/copy.ts~'), join(root, 'mine/copy.ts'))
    await until(`change ${time}`, async () => changes === time)
  }
  write('mine/new/deeper/steps.ts', '')
  await until('the new folder', async () => changes === 4)
  end.abort()
})

test('of an app, a folder made later is noticed, and nothing that is installed, built or kept', async () => {
  const written = ['.git/hooks', 'cdk.out', 'coverage', 'data/reload', 'node_modules/theirs']
  for (const folder of written) mkdirSync(join(root, folder), { recursive: true })
  const end = new AbortController()
  const { sources } = appProject(root, 'node app.ts')
  const changes = { theirs: 0, written: 0 }
  watchSources({ ...sources, except: [join(root, 'data')], signal: end.signal }, async () => {
    changes.theirs += 1
  })
  write('later/steps/copy.ts', '')
  await until('the new folder', async () => changes.theirs === 1)
  const deep = written.map((folder) => join(root, folder))
  watchSources({ deep, shallow: [], signal: end.signal }, async () => {
    changes.written += 1
  })
  for (const folder of written) write(`${folder}/x.json`, '{}')
  await until('what was written', async () => changes.written === 1)
  expect(changes.theirs).toBe(1)
  write('later/steps/copy.ts', 'changed')
  await until('a change in the new folder', async () => changes.theirs === 2)
  end.abort()
})
