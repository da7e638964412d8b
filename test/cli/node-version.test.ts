import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const { engines, scripts } = JSON.parse(read('package.json'))
const wanted = engines.node.replace('>=', '')

/** Looks at the version as a Node of that one would. */
function startWith(version: string): { status: number | null; stderr: string } {
  const program = `Object.defineProperty(process.versions, 'node', { value: '${version}' }); require('./cli/node-version.cjs')`
  const { status, stderr } = spawnSync(process.execPath, ['-e', program], { cwd: ROOT, encoding: 'utf8' })
  return { status, stderr }
}

test.each(['18.19.1', '20.20.2', '22.17.9'])(
  'a Node of version %s is refused by one clear line',
  (version) => {
    const { status, stderr } = startWith(version)
    expect(status).toBe(1)
    expect(stderr).toBe(
      `standdown: needs Node ${wanted} or newer, and this is ${version}; install a newer one (https://nodejs.org)\n`,
    )
  },
)

test.each(['22.18.0', '23.0.0', '24.21.0', '100.0.0'])('a Node of version %s is taken', (version) => {
  expect(startWith(version)).toEqual({ status: 0, stderr: '' })
})

test('it is looked at before anything is run', () => {
  expect(scripts.prestart).toBe('sh cli/set-up.sh run')
  for (const script of ['demo', 'bench', 'test']) {
    expect(scripts[`pre${script}`]).toBe('npm run --silent setup')
  }
  expect(scripts.setup).toBe('sh cli/set-up.sh')
  expect(read('cli/set-up.sh')).toMatch(
    /\bnpm ci [^&]*\nfi\nnode cli\/node-version\.cjs\nnode cli\/console\/build\.ts\n$/,
  )
})

test('what the package asks for is what the documents say, and what the local runtime asks for', () => {
  expect(JSON.parse(read('local/package.json')).engines).toEqual(engines)
  for (const file of ['docs/local-runtime.md']) {
    const said = [...read(file).matchAll(/Node (\d+(?:\.\d+)*) or newer/g)].map(([, version]) => version)
    expect(said.length).toBeGreaterThan(0)
    expect(new Set(said), file).toEqual(new Set([wanted]))
  }
})
