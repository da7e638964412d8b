import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Project } from '../project.ts'
import { type Bundles, copyOf } from './bundles.ts'

/** What a reload needs of the runtime. */
export type Reloadable = { functions: string[]; replaceCode(functionName: string, codeDir: string): void }

export type ReloadOptions = {
  runtime: Reloadable
  project: Pick<Project, 'bundles' | 'deployed' | 'restart'>
  /** Where the code that runs is copied to. */
  copies: string
  /** Bundles anew. @throws Error that says what is wrong with the source */
  build(): Promise<void>
  log(line: string): void
}

/**
 * Bundles anew and gives functions their changed code, as often as it is called. What only a deployment changes (new
 * functions, what a step says of itself, the chain of a job) is told, and stays as it is.
 */
export function reloader({ runtime, project, copies, build, log }: ReloadOptions): () => Promise<void> {
  rmSync(copies, { recursive: true, force: true })
  let running = lookAt(project)
  let turn = 0

  return async () => {
    try {
      await build()
    } catch (error) {
      return log(`reload failed, the code runs on as it was: ${(error as Error).message}`)
    }
    const built = lookAt(project)
    turn += 1
    const changed = runtime.functions.filter((name) => codeOf(built, name) !== codeOf(running, name))
    for (const name of changed) {
      runtime.replaceCode(name, copyOf(built.bundles.get(name)!.folder, join(copies, String(turn), name)))
    }
    if (changed.length > 0) log(`reloaded      ${named(changed)}: from the next attempt on`)
    for (const line of notDeployed({ runtime, running, built, project })) log(line)
    running = built
  }
}

const MOST_NAMED = 3

const named = (names: string[]): string =>
  names.length <= MOST_NAMED ? names.join(', ') : `${names.length} functions`

type Look = { bundles: Bundles; deployed: string }
type Change = Pick<ReloadOptions, 'runtime' | 'project'> & { running: Look; built: Look }

const lookAt = (project: ReloadOptions['project']): Look => ({
  bundles: project.bundles(),
  deployed: project.deployed(),
})

const codeOf = ({ bundles }: Look, name: string): string | undefined => bundles.get(name)?.code

function notDeployed({ runtime, running, built, project: { restart } }: Change): string[] {
  const stepOf = ({ bundles }: Look, name: string) => bundles.get(name)?.step
  const known = runtime.functions.filter((name) => stepOf(running, name) !== stepOf(built, name))
  const unknown = [...built.bundles.keys()].filter((name) => !running.bundles.has(name))
  const rest =
    running.deployed === built.deployed ? [] : ['a chain, a permission or what a step says of itself']
  return [
    ...known.map((name) => `${name} says something else of its step now: ${restart}`),
    ...unknown.map((name) => `${name} is new: ${restart}`),
    ...rest.map((what) => `${what} has changed, which only a start deploys: ${restart}`),
  ]
}
