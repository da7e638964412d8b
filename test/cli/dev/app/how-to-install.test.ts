import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { howToInstall } from '#cli/dev/app/how-to-install.ts'

let project: string
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'standdown-project-'))
})
afterEach(() => rmSync(project, { recursive: true }))

test.each([
  ['file:../downloads/standdown-1.2.3.tgz', '../downloads/standdown-local-1.2.3.tgz'],
  ['file:standdown-1.2.3.tgz', './standdown-local-1.2.3.tgz'],
  ['file:/srv/standdown-1.2.3.tgz', '/srv/standdown-local-1.2.3.tgz'],
  [undefined, '<folder of the tarballs>/standdown-local-<version>.tgz'],
])('what was installed from %s is joined by %s', (standdown, tarball) => {
  writeFileSync(join(project, 'package.json'), JSON.stringify({ dependencies: { standdown } }))
  expect(howToInstall(project)).toBe(`npm install --save-dev ${tarball}`)
})
