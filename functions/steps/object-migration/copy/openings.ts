import type { Batch } from '../batch/batch.ts'
import { paths } from '../store/job-folder.ts'
import type { Migration } from '../store/migration.ts'

/** The opening of an upload for one object: written down before CreateMultipartUpload is sent, and after it. */
export type Opening = {
  i: number
  /** When the call was sent, and when it had ended; in milliseconds. */
  at: number
  until: number | null
  /** The uploads that were open on the key before: others'. Null where the store does not list uploads. */
  before: string[] | null
  /** The upload, once the store has told it. */
  id: string | null
  /** How many calls may have opened an upload whose id was never told. */
  lost: number
  /** Who the store says opened the uploads of this job; known only where it was asked. */
  initiator: string | null
}

/**
 * The uploads that this attempt opened and has not finished. Each change is in the work bucket before the work
 * goes on, because an upload that is not on record is nobody's, and is never touched.
 */
export class Openings {
  readonly open = new Map<number, Opening>()
  #save: (openings: Opening[]) => Promise<void>
  #last: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  constructor(save: (openings: Opening[]) => Promise<void>) {
    this.#save = save
  }

  async put(opening: Opening): Promise<void> {
    this.open.set(opening.i, opening)
    await this.#keep()
  }

  /** The upload has ended. That need not be written: what a clean-up does not find is gone. */
  ended(i: number): void {
    const opening = this.open.get(i)
    if (opening && opening.lost > 0) this.open.set(i, { ...opening, id: null })
    else this.open.delete(i)
  }

  /** Changes that come while one is being written are written together. */
  #keep(): Promise<void> {
    this.#next ??= this.#last.then(() => {
      this.#next = undefined
      return this.#save([...this.open.values()])
    })
    this.#last = this.#next.catch(() => undefined)
    return this.#next
  }
}

/** What an attempt has: it writes without a signal, since what is not on record cannot be cleaned up. */
export const openingsOf = (
  { folder }: Migration,
  { batch, attempt }: { batch: Batch; attempt: number },
): Openings => {
  const unhurried = new AbortController().signal
  return new Openings((openings) => folder.write(paths.openings(batch.number, attempt), openings, unhurried))
}

/** The openings of all attempts at a batch. */
export async function readOpenings(
  { folder }: Migration,
  batch: number,
  signal: AbortSignal,
): Promise<Opening[]> {
  const names = await folder.list(paths.allOpenings(batch), signal)
  const found = await Promise.all(names.map((name) => folder.read<Opening[]>(name, signal)))
  return found.flat()
}
