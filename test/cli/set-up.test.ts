import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const RUNS = [
  'node_modules/.package-lock.json',
  'node_modules/standdown-local',
  'node_modules/standdown-console',
]
const ALL = [...RUNS, 'node_modules/vitest']
const QUIET = 'ci --no-audit --no-fund --loglevel=error'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'standdown-set-up-'))
  cpSync(join(import.meta.dirname, '../../cli/set-up.sh'), join(folder, 'set-up.sh'))
  put('package-lock.json')
  for (const program of ['npm', 'node']) {
    put(`bin/${program}`, `#!/bin/sh\necho "${program} $*" >> ${folder}/called\n`)
    chmodSync(join(folder, 'bin', program), 0o755)
  }
})
afterEach(() => rmSync(folder, { recursive: true }))

function put(file: string, text = ''): void {
  mkdirSync(join(folder, file, '..'), { recursive: true })
  writeFileSync(join(folder, file), text)
}

/** What it calls, beside what it always does at the end. */
function setUp(...args: string[]): string[] {
  const env = { PATH: `${folder}/bin:${process.env.PATH}`, omit: '--omit=peer' }
  execFileSync('/bin/sh', ['set-up.sh', ...args], { cwd: folder, env })
  const called = existsSync(join(folder, 'called')) ? readFileSync(join(folder, 'called'), 'utf8') : ''
  const lines = called.trimEnd().split('\n')
  expect(lines.slice(-2)).toEqual(['node cli/node-version.cjs', 'node cli/console/build.ts'])
  return lines.slice(0, -2)
}

test.each([
  ['a first start installs only what runs', ['run'], [], [`npm ${QUIET} --omit=dev`]],
  ['anything else installs all', [], [], [`npm ${QUIET}`]],
  ['after a first start the tests install the rest', [], RUNS, [`npm ${QUIET}`]],
  ['a start takes what runs as it is there', ['run'], RUNS, []],
  ['a start takes what is there for developing, too', ['run'], ALL, []],
  ['nothing is installed twice', [], ALL, []],
])('%s', (_, args, there, called) => {
  for (const file of there) put(file)
  expect(setUp(...args)).toEqual(called)
})

test('a newer lock file is installed again, by a start with what developing needs where that was there', () => {
  for (const file of ALL) put(file)
  const later = new Date(Date.now() + 60_000)
  utimesSync(join(folder, 'package-lock.json'), later, later)
  expect(setUp('run')).toEqual([`npm ${QUIET}`])
})
