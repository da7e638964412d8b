import type { Page, PageQuery } from './ports.ts'

/** Where a door's record is: `set` names what belongs together, as `nodes/<project>`; `id` is its own within it. */
export type RecordKey = { set: string; id: string }

/** What a door keeps beside the jobs because it exists before one does: a node, a recommended plan. */
export type DoorRecord<Value> = RecordKey & { version: number; value: Value }

/** `from` is the version that the record must have, null where there must be none; a `to` of null ends the record. */
export type RecordChange = RecordKey & { from: number | null; to: unknown }

/** DynamoDB takes so many changes, of 4 MB in all, at once. */
export const MAX_CHANGES = 100

export interface DoorRecords {
  /** Strongly consistent. */
  get<Value>(key: RecordKey): Promise<DoorRecord<Value> | undefined>
  /**
   * Makes all of the changes, at most `MAX_CHANGES`, or none: false where a record is not as its change expects. A write
   * whose reply was lost is answered as the write that it was.
   */
  write(changes: RecordChange[]): Promise<boolean>
  /**
   * Makes one change, for half of what `write` costs. One whose reply was lost, and whose record another has written since,
   * is answered false: for a change that whoever reads the record again finds made.
   */
  writeOne(change: RecordChange): Promise<boolean>
  /** Records of a set in the order of their ids, which are their places; strongly consistent. */
  page<Value>(set: string, query: PageQuery): Promise<Page<DoorRecord<Value>>>
}

const PAGE = 1_000

/** All records of a set, however many. */
export async function allRecords<Value>(records: DoorRecords, set: string): Promise<DoorRecord<Value>[]> {
  const all: DoorRecord<Value>[] = []
  let after: string | null = null
  do {
    const page: Page<DoorRecord<Value>> = await records.page<Value>(set, {
      limit: PAGE,
      ...(after === null ? {} : { after }),
    })
    all.push(...page.items)
    after = page.next
  } while (after !== null)
  return all
}
