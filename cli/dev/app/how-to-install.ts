import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

type Manifest = Record<'dependencies' | 'devDependencies', Record<string, string> | undefined>

/**
 * The command that installs the runtime beside what is installed: its tarball lies where that of this package does. A
 * bare name could fetch a stranger's package.
 */
export function howToInstall(project: string): string {
  const file = join(project, 'package.json')
  const { dependencies, devDependencies } = (
    existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  ) as Manifest
  const installed = dependencies?.standdown ?? devDependencies?.standdown
  const tarball = /^file:(.*\.tgz)$/.exec(installed ?? '')?.[1]
  const name = (version: string): string => `standdown-local-${version}.tgz`
  const [, version = '<version>'] = /standdown-(\d[^/]*)\.tgz$/.exec(tarball ?? '') ?? []
  const folder = tarball === undefined ? '<folder of the tarballs>' : dirname(tarball)
  return `npm install --save-dev ${join(folder, name(version)).replace(/^(?![./<])/, './')}`
}
