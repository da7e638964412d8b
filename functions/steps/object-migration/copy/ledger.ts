import type { FaultReason, ObjectFault } from '../store/faults.ts'
import { paths } from '../store/job-folder.ts'
import type { Migration } from '../store/migration.ts'

/** One object's end: its place in the manifest, and the ETag it got or why it was not copied. */
export type Entry = [i: number, etag: string] | [i: number, etag: null, reason: FaultReason, message: string]

/** Entries beyond this many bytes go to the work bucket, so that a checkpoint stays below its 32 KB. */
const MAX_RECENT_BYTES = 12 * 1024

export type LedgerState = { chunks: string[]; recent: Entry[] }

/** What became of a batch's objects. Old entries lie in the work bucket, recent ones in the checkpoint. */
export class Ledger {
  readonly entries = new Map<number, Entry>()
  #chunks: string[] = []
  #recent: Entry[] = []
  #bytes = 0
  #writing: Promise<void> = Promise.resolve()
  #save: (name: string, entries: Entry[]) => Promise<void>
  #attempt: number

  /** `attempt` is part of the chunks' names, so that an attempt that was fenced overwrites none of a later one. */
  constructor(attempt: number, save: (name: string, entries: Entry[]) => Promise<void>) {
    this.#attempt = attempt
    this.#save = save
  }

  restore(state: LedgerState, entries: Entry[]): void {
    this.#chunks = [...state.chunks]
    this.#recent = [...state.recent]
    this.#bytes = JSON.stringify(state.recent).length
    for (const entry of entries) this.entries.set(entry[0], entry)
  }

  async copied(i: number, etag: string): Promise<void> {
    await this.#add([i, etag])
  }

  async failed(i: number, { reason, message }: ObjectFault): Promise<void> {
    await this.#add([i, null, reason, message])
  }

  state(): LedgerState {
    return { chunks: this.#chunks, recent: [...this.#recent] }
  }

  async #add(entry: Entry): Promise<void> {
    this.entries.set(entry[0], entry)
    this.#recent.push(entry)
    this.#bytes += JSON.stringify(entry).length + 1
    if (this.#bytes <= MAX_RECENT_BYTES) return
    this.#writing = this.#writing.then(() => this.#flush())
    await this.#writing
  }

  async #flush(): Promise<void> {
    if (this.#bytes <= MAX_RECENT_BYTES) return
    const old = [...this.#recent]
    const name = `${this.#attempt}-${this.#chunks.length}`
    await this.#save(name, old)
    this.#chunks = [...this.#chunks, name]
    this.#recent = this.#recent.slice(old.length)
    this.#bytes = JSON.stringify(this.#recent).length
  }
}

/** All entries of a checkpoint: those of its chunks and its own. */
export async function readEntries(
  { folder }: Migration,
  { batch, state }: { batch: number; state: LedgerState },
  signal: AbortSignal,
): Promise<Entry[]> {
  const read = state.chunks.map((name) => folder.read<Entry[]>(paths.chunk(batch, name), signal))
  return [...(await Promise.all(read)).flat(), ...state.recent]
}
