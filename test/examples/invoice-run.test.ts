import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installed, installedExample } from '../package/installed.ts'

let theirs: Installed
beforeAll(async () => {
  theirs = await installedExample(join(import.meta.dirname, '../../examples/invoice-run'))
}, 400_000)
afterAll(() => theirs?.remove())

test('the example compiles against the types of the package', () => {
  expect(theirs.types('app.ts', 'test/abort.test.ts')).toBe('')
}, 120_000)

test('its own tests abort it in each mode', () => {
  expect(theirs.run('npm', 'test')).toMatch(/pass 4$/m)
}, 300_000)
