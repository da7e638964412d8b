import { type JobFolder, paths } from './job-folder.ts'

/** What a migration does without where a store lacks it, and what is different then. */
export const FEATURES = {
  'list-uploads': 'multipart uploads are not listed: those of the job are known by its records alone',
  tagging: 'objects have no tags: one that has tags at the source is refused by key',
  deletion: 'the object by which the job told its two ends apart stays: delete it by hand',
  checksums:
    'objects are told without a checksum: where no ETag tells, they are read, or compared by their size alone',
  'listed-etags': 'the listing has no ETags to compare: each object costs a HEAD',
} as const

export type Feature = keyof typeof FEATURES
export type End = 'source' | 'destination'

/** `lacks/<end>-<feature>.json`; `said` is what the store answered. */
export type Lack = { end: End; feature: Feature; without: string; said: string }

/** The job's result carries it, which an event has to hold. */
const MAX_SAID = 500

/** What the store at one end of a job lacks: found once in an attempt, told once in the job. */
export class Lacks {
  readonly #end: End
  readonly #folder: Pick<JobFolder, 'write'>
  readonly #found = new Set<Feature>()

  constructor(end: End, folder: Pick<JobFolder, 'write'>) {
    this.#end = end
    this.#folder = folder
  }

  has(feature: Feature): boolean {
    return this.#found.has(feature)
  }

  async tell(feature: Feature, said: string, signal: AbortSignal): Promise<void> {
    if (this.#found.has(feature)) return
    this.#found.add(feature)
    const short = said.slice(0, MAX_SAID)
    const lack: Lack = { end: this.#end, feature, without: FEATURES[feature], said: short }
    await this.#folder.write(paths.lack(this.#end, feature), lack, signal)
  }
}

/** What the stores of a job lacked, of all steps so far. */
export async function readLacks(folder: JobFolder, signal: AbortSignal): Promise<Lack[]> {
  const found = await folder.list(paths.lacks, signal)
  return Promise.all(found.map((path) => folder.read<Lack>(path, signal)))
}
