import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Bundles, copyOf, readBundles } from './bundles.ts'

/** What a reload needs of the runtime. */
export type Reloadable = { functions: string[]; replaceCode(functionName: string, codeDir: string): void }

export type ReloadOptions = {
  runtime: Reloadable
  /** The folder of bundles. */
  out: string
  /** Where the code that runs is copied to. */
  copies: string
  /** Bundles anew into `out`. @throws Error that says what is wrong with the source */
  build(): Promise<void>
  log(line: string): void
}

const RESTART = 'end npm start and start it again'

/**
 * Bundles anew and gives functions their changed code, as often as it is called. What only a deployment changes (new
 * functions, what a step says of itself, the chain of a job) is told, and stays as it is.
 */
export function reloader({ runtime, out, copies, build, log }: ReloadOptions): () => Promise<void> {
  rmSync(copies, { recursive: true, force: true })
  let running = readBundles(out)
  let turn = 0

  return async () => {
    try {
      await build()
    } catch (error) {
      return log(`reload failed, the code runs on as it was: ${(error as Error).message}`)
    }
    const built = readBundles(out)
    turn += 1
    const changed = runtime.functions.filter((name) => built.get(name)?.code !== running.get(name)?.code)
    for (const name of changed) {
      runtime.replaceCode(name, copyOf(built.get(name)!.folder, join(copies, String(turn), name)))
    }
    if (changed.length > 0) log(`reloaded      ${named(changed)}: from the next attempt on`)
    for (const line of notDeployed({ runtime, running, built })) log(line)
    running = built
  }
}

const MOST_NAMED = 3

const named = (names: string[]): string =>
  names.length <= MOST_NAMED ? names.join(', ') : `${names.length} functions`

type Change = { runtime: Reloadable; running: Bundles; built: Bundles }

function notDeployed({ runtime, running, built }: Change): string[] {
  const known = runtime.functions.filter((name) => running.get(name)?.step !== built.get(name)?.step)
  const unknown = [...built.keys()].filter((name) => !running.has(name))
  return [
    ...known.map((name) => `${name} says something else of its step now: ${RESTART}`),
    ...unknown.map((name) => `${name} is new: ${RESTART}`),
  ]
}
