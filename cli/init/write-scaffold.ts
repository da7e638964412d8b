import { cpSync, existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CliError, EXIT } from '../exit.ts'

const SCAFFOLD = join(import.meta.dirname, 'scaffold')
/** Node takes the app as an ES module, and finds its tests by itself. */
const SCRIPTS = { test: 'node --test', dev: 'standdown dev' }

type Manifest = { type?: string; scripts?: Record<string, string> }

const isFile = (file: string): boolean => statSync(join(SCAFFOLD, file)).isFile()
const scaffoldFiles = (): string[] => globSync('**/*', { cwd: SCAFFOLD }).filter(isFile).sort()
/** In the package they are texts. */
const nameOf = (source: string): string => source.replace(/\.txt$/, '')

/** Writes a job with one step and its test into a project. Answers the files. @throws CliError where one of them exists */
export function writeScaffold(project: string): string[] {
  const manifest = join(project, 'package.json')
  if (!existsSync(manifest)) {
    throw new CliError('there is no package.json here', { code: EXIT.usage, hint: 'begin with npm init -y' })
  }
  const sources = scaffoldFiles()
  const files = sources.map(nameOf)
  const taken = files.filter((file) => existsSync(join(project, file)))
  if (taken.length > 0) {
    const hint = 'call it in a new folder, or move them away'
    throw new CliError(`there is ${taken.join(' and ')} already`, { code: EXIT.usage, hint })
  }
  for (const source of sources) cpSync(join(SCAFFOLD, source), join(project, nameOf(source)))
  const { scripts = {}, ...rest } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest
  // npm init leaves a test that fails.
  const { test, ...others } = scripts
  const kept = test?.includes('no test specified') ? others : scripts
  const written = { ...rest, type: 'module', scripts: { ...SCRIPTS, ...kept } }
  writeFileSync(manifest, `${JSON.stringify(written, null, 2)}\n`)
  return files
}
