import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Project } from '../project.ts'
import { appBundles, appTemplates } from './app-bundles.ts'
import { synthesize } from './synthesize.ts'

/** Beside what `cdk synth` writes: an app for this machine is not to be deployed. */
const RUNS = 'cdk.out/standdown-dev'
const CHANGED = 'cdk.out/standdown-changed'

/** A CDK app of the user's: synthesized as the CDK's command line does it, and once more at each change. */
export function appProject(root: string, given: string | undefined): Project {
  const command = given ?? commandOf(root)
  const [runs, changed] = [join(root, RUNS), join(root, CHANGED)]
  let last = runs
  return {
    root,
    restart: 'end standdown dev and start it again',
    sources: { deep: [root], shallow: [] },
    async assemble({ signal, log }) {
      log(`synthesizing  ${command}`)
      await synthesize({ root, command, out: runs, signal })
      return runs
    },
    opened: async () => [],
    async build({ signal }) {
      await synthesize({ root, command, out: changed, signal })
      last = changed
    },
    bundles: () => appBundles(last),
    deployed: () => appTemplates(last),
  }
}

/** As `cdk` finds it. */
function commandOf(root: string): string {
  const file = join(root, 'cdk.json')
  const { app } = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { app?: string }) : {}
  if (app) return app
  throw new Error(`there is no app in ${root}: name how it is run with --app 'node app.ts', or in cdk.json`)
}
