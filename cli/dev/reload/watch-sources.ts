import { type FSWatcher, watch } from 'node:fs'

/** Editors write a file in several steps, and a checkout many files. */
const QUIET_MS = 200

const SOURCE = /\.(ts|mts|cts|js|mjs|cjs|json)$/

/** `deep` with all that is below them, `shallow` without. */
export type WatchOptions = { deep: string[]; shallow: string[]; signal: AbortSignal }

/** Calls `changed` once the sources are quiet after a change, never twice at once, until the signal. */
export function watchSources({ deep, shallow, signal }: WatchOptions, changed: () => Promise<void>): void {
  let timer: NodeJS.Timeout | undefined
  let work = Promise.resolve()
  const notice = (_event: string, file: string | null): void => {
    if (file === null || !SOURCE.test(file) || /(^|[/\\])(node_modules|dist|cdk\.out)[/\\]/.test(file)) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      work = work.then(changed)
    }, QUIET_MS)
  }
  const watchers: FSWatcher[] = [
    ...deep.map((folder) => watch(folder, { recursive: true }, notice)),
    ...shallow.map((folder) => watch(folder, notice)),
  ]
  signal.addEventListener('abort', () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  })
}
