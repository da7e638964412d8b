import { type FSWatcher, watch } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** Editors write a file in several steps, and a checkout many files. */
const QUIET_MS = 200

/** What functions are made of; what only a deployment reads is not. */
const FOLDERS = ['core', 'engine', 'aws', 'sdk', 'functions']
const SOURCE = /\.(ts|mts|cts|js|mjs|cjs|json)$/

export type WatchOptions = { root: string; extraJobs: string | undefined; signal: AbortSignal }

/** Calls `changed` once the sources are quiet after a change, never twice at once, until the signal. */
export function watchSources({ root, extraJobs, signal }: WatchOptions, changed: () => Promise<void>): void {
  const own = FOLDERS.map((folder) => join(root, folder))
  const folders = extraJobs ? [...own, dirname(resolve(root, extraJobs))] : own
  let timer: NodeJS.Timeout | undefined
  let work = Promise.resolve()
  const notice = (_event: string, file: string | null): void => {
    if (file === null || !SOURCE.test(file) || /(^|[/\\])(node_modules|dist|cdk\.out)[/\\]/.test(file)) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      work = work.then(changed)
    }, QUIET_MS)
  }
  const watchers: FSWatcher[] = folders.map((folder) => watch(folder, { recursive: true }, notice))
  signal.addEventListener('abort', () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  })
}
