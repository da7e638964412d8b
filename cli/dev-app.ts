import { parseArgs } from 'node:util'
import { appProject } from './dev/app/app-project.ts'
import { readConfig } from './dev/config.ts'
import { runProject } from './dev/run.ts'

/** What `standdown dev` runs where it is installed: the CDK app of the folder that it is called in. */
const root = process.cwd()
const { values } = parseArgs({ options: { app: { type: 'string' }, 'run-commands': { type: 'boolean' } } })
const args = values['run-commands'] ? ['--run-commands'] : []
await runProject(
  () => appProject(root, values.app),
  () => readConfig({ env: process.env, args }, root),
)
