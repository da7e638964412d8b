import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Tarballs, tarballs } from './tarballs.ts'

const BIN = join(import.meta.dirname, '../../node_modules/.bin')
const run = (program: string, args: string[]): string =>
  execFileSync(join(BIN, program), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

let packed: Tarballs
beforeAll(async () => {
  packed = await tarballs()
}, 240_000)

const filesOf = (tarball: string): string[] =>
  execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((file) => file.replace('package/', ''))
const fileOf = (tarball: string, file: string): string =>
  execFileSync('tar', ['-xzOf', tarball, `package/${file}`], { encoding: 'utf8' })

describe.each(['standdown', 'local'] as const)('the tarball of %s', (name) => {
  test('is what a package should be', () => {
    expect(run('publint', [packed[name], '--strict'])).toContain('All good')
  })

  test('has types that resolve wherever ES modules do', () => {
    expect(run('attw', [packed[name], '--profile', 'esm-only', '--format', 'table-flipped'])).toContain(
      '🟢 (ESM)',
    )
  }, 60_000)

  test('has no test, and no source that Node would have to strip', () => {
    const strange = filesOf(packed[name]).filter(
      (file) => /(^|\/)test\//.test(file) || /(?<!\.d)\.ts$/.test(file),
    )
    expect(strange).toEqual([])
  })

  test('names no module by its source', () => {
    const own = ['--exclude=package/dist', '--exclude=package/console', 'package/*.js', 'package/*.d.ts']
    const args = ['-xzOf', packed[name], '--wildcards', ...own]
    const code = execFileSync('tar', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
    expect(code).toMatch(/from ["']\.[^"']*\.js["']/)
    expect(code).not.toMatch(/from ["']\.[^"']*\.ts["']/)
  })
})

test('a step author installs neither the CDK nor the runtime', () => {
  const { dependencies, peerDependenciesMeta } = JSON.parse(fileOf(packed.standdown, 'package.json'))
  expect(Object.keys(dependencies)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(aws-cdk-lib|constructs|standdown-local|cdk-nag)$/)]),
  )
  expect(peerDependenciesMeta).toEqual({ 'aws-cdk-lib': { optional: true }, constructs: { optional: true } })
})

test('the functions of the product and its page are inside, ready to be deployed', () => {
  const files = filesOf(packed.standdown)
  expect(files).toEqual(
    expect.arrayContaining([
      'console/dist/index.html',
      'dist/functions/events/settle/index.mjs',
      'dist/functions/steps/commit/index.mjs',
    ]),
  )
  expect(files.some((file) => /dist\/functions\/steps\/object-migration/.test(file))).toBe(false)
})
