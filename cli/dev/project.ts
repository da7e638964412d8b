import type { Runtime } from 'standdown-local'
import type { Bundles } from './reload/bundles.ts'

export type Work = { signal: AbortSignal; log(line: string): void }

/** What is run on this machine: where it comes from, and what follows from a change of its sources. */
export interface Project {
  /** Where the data folder is, unless it is named. */
  readonly root: string
  /** Bundles and synthesizes; answers the folder of the assembly. */
  assemble(work: Work): Promise<string>
  /** Once it runs, before anybody is told; answers the lines to tell after the addresses. */
  opened(runtime: Runtime, dataDir: string, work: Work): Promise<string[]>
  /** What is watched: a change of it is built. */
  readonly sources: { deep: string[]; shallow: string[] }
  /** Builds again, after a change. */
  build(work: Work): Promise<void>
  /** The code of each function as it was built last. */
  bundles(): Bundles
  /** What was built last and only a deployment changes, as a text to be compared. */
  deployed(): string
  /** How to deploy it. */
  readonly restart: string
}
