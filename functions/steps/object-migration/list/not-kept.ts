import type { Migration } from '../store/migration.ts'
import type { FoundObject } from '../store/object-pages.ts'

/** Something of the source that the destination will not have, found before the first copy. */
export type NotKept = {
  what: 'storage-class' | 'archived' | 'checksums' | 'versions' | 'object-lock' | 'acls' | 'encryption'
  /** False where nobody could say whether there is any of it: a right, or the store's call, is missing. */
  known: boolean
  /** How many objects have it; where only the bucket tells, its name stands in the place. */
  objects?: number
  bucket?: string
  why: string
}

/** How many objects have what a copy does not, by its name in the listing. */
export type Tally = {
  storage_classes: Record<string, number>
  checksums: Record<string, number>
  archived: number
}

export const nothingTold = (): Tally => ({ storage_classes: {}, checksums: {}, archived: 0 })

/** The class of what the copies get; a store that has no classes tells none. */
const STANDARD = 'STANDARD'

/** Their content cannot be read before it is restored. The archive tiers of INTELLIGENT_TIERING show in no listing. */
const ARCHIVES = new Set(['GLACIER', 'DEEP_ARCHIVE'])

/** Only Amazon S3 lists whether an object is restored; elsewhere a class of this name may mean anything. */
export const isArchived = (
  { source }: Migration,
  { storageClass, isRestored }: Pick<FoundObject, 'storageClass' | 'isRestored'>,
): boolean => source.isAmazon && ARCHIVES.has(storageClass) && !isRestored

/** A store may name as many classes as it likes; a checkpoint and an event have to hold them. */
const MOST_NAMES = 8
const OTHERS = 'others'

/** An archived object has no copy that could lack anything. */
export function tell(tally: Tally, migration: Migration, object: FoundObject): void {
  const { storageClass } = object
  if (isArchived(migration, object)) {
    tally.archived += 1
    return
  }
  if (storageClass !== '' && storageClass !== STANDARD) count(tally.storage_classes, storageClass)
  const lost = lostChecksum(migration, object)
  if (lost !== undefined) count(tally.checksums, lost)
}

function count(counts: Record<string, number>, name: string): void {
  const isNew = counts[name] === undefined && Object.keys(counts).length >= MOST_NAMES
  const known = isNew ? OTHERS : name.slice(0, 50)
  counts[known] = (counts[known] ?? 0) + 1
}

/** Amazon S3 keeps it in a copy by one call, and makes this one for all that it is given. */
const MADE_ANEW = 'CRC64NVME'

function lostChecksum(
  { transfer, destination }: Migration,
  { checksums, size }: FoundObject,
): string | undefined {
  if (!destination.isAmazon) return checksums[0]
  if (transfer.serverSide && size <= transfer.threshold) return undefined
  return checksums.find((algorithm) => algorithm !== MADE_ANEW)
}

/** What the listing has told of all objects. */
export function toldByListing({ storage_classes, checksums, archived }: Tally): NotKept[] {
  const known = true
  const classes = Object.entries(storage_classes).map(([name, objects]) => ({
    ...{ what: 'storage-class' as const, known, objects },
    why: `are of class ${name}: their copies get the class that the destination gives what it is sent`,
  }))
  const sums = Object.entries(checksums).map(([name, objects]) => ({
    ...{ what: 'checksums' as const, known, objects },
    why: `have a checksum (${name}): their copies get only what the destination computes by itself`,
  }))
  const why = 'are archived and not restored: they are refused by key until they are'
  return [
    ...classes,
    ...sums,
    ...(archived > 0 ? [{ what: 'archived' as const, known, objects: archived, why }] : []),
  ]
}
