import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** A stretch of a blob file; the content of an object or a part is a list of them. */
export interface Piece {
  blob: string
  offset: number
  size: number
}

export function slicePieces(pieces: readonly Piece[], start: number, length: number): Piece[] {
  const slice: Piece[] = []
  let position = 0
  for (const { blob, offset, size } of pieces) {
    const from = Math.max(start - position, 0)
    const to = Math.min(start + length - position, size)
    if (from < to) slice.push({ blob, offset: offset + from, size: to - from })
    position += size
  }
  return slice
}

/** Which object or part is made of which pieces. Copies share blobs, so a blob may have many owners. */
export class PieceTable {
  #insert: StatementSync
  #select: StatementSync
  #delete: StatementSync
  #used: StatementSync

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare('insert into pieces (owner, seq, blob, offset, size) values (?, ?, ?, ?, ?)')
    this.#select = db.prepare('select blob, offset, size from pieces where owner = ? order by seq')
    this.#delete = db.prepare('delete from pieces where owner = ?')
    this.#used = db.prepare('select 1 from pieces where blob = ? limit 1')
  }

  of(owner: string): Piece[] {
    return this.#select.all(owner) as unknown as Piece[]
  }

  add(owner: string, pieces: readonly Piece[]): void {
    for (const [seq, { blob, offset, size }] of pieces.entries()) {
      this.#insert.run(owner, seq, blob, offset, size)
    }
  }

  /** Returns the blobs that may have lost their last owner. */
  remove(owner: string): string[] {
    const blobs = this.of(owner).map((piece) => piece.blob)
    this.#delete.run(owner)
    return blobs
  }

  isUsed(blob: string): boolean {
    return this.#used.get(blob) !== undefined
  }
}
