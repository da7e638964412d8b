import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Piece, PieceTable } from './piece-table.ts'

const chunkSize = 512 * 1024

/**
 * Immutable files with random names. A blob counts only once a row in the database names it: one that was being
 * written when the process was killed is removed at the next start.
 */
export class Blobs {
  #folder: string
  #pieces: PieceTable
  #pins = new Map<string, number>()

  constructor(dataDir: string, pieces: PieceTable) {
    this.#folder = join(dataDir, 'blobs')
    this.#pieces = pieces
    mkdirSync(this.#folder, { recursive: true })
    for (const shard of readdirSync(this.#folder)) this.#sweep(shard)
  }

  #sweep(shard: string) {
    for (const blob of readdirSync(join(this.#folder, shard))) {
      if (!this.#pieces.isUsed(blob)) rmSync(join(this.#folder, shard, blob), { force: true })
    }
  }

  #path(blob: string) {
    return join(this.#folder, blob.slice(0, 2), blob)
  }

  /** Fills a new blob; a fill that throws leaves nothing. */
  async write<T extends { size: number }>(
    fill: (write: (chunk: Buffer) => Promise<unknown>) => Promise<T>,
  ): Promise<{ filled: T; pieces: Piece[] }> {
    const blob = randomUUID()
    mkdirSync(join(this.#folder, blob.slice(0, 2)), { recursive: true })
    const file = await open(this.#path(blob), 'wx')
    try {
      const filled = await fill((chunk) => file.appendFile(chunk))
      await file.close()
      return { filled, pieces: [{ blob, offset: 0, size: filled.size }] }
    } catch (error) {
      await file.close()
      await rm(this.#path(blob), { force: true })
      throw error
    }
  }

  async *read(pieces: readonly Piece[]): AsyncGenerator<Buffer> {
    for (const { blob, offset, size } of pieces) {
      if (size === 0) continue
      const file = await open(this.#path(blob), 'r')
      try {
        for (let done = 0; done < size; ) {
          const chunk = Buffer.allocUnsafe(Math.min(chunkSize, size - done))
          const { bytesRead } = await file.read(chunk, 0, chunk.length, offset + done)
          if (bytesRead === 0)
            throw new Error(`blob ${blob} ends early; the data folder was changed from outside`)
          done += bytesRead
          yield chunk.subarray(0, bytesRead)
        }
      } finally {
        await file.close()
      }
    }
  }

  /** Keeps the files while they are read or copied, whatever happens to their owners meanwhile. */
  pin(pieces: readonly Piece[]): () => void {
    for (const { blob } of pieces) this.#pins.set(blob, (this.#pins.get(blob) ?? 0) + 1)
    let held = true
    return () => {
      if (!held) return
      held = false
      for (const { blob } of pieces) this.#unpin(blob)
      this.collect(pieces.map((piece) => piece.blob))
    }
  }

  #unpin(blob: string) {
    const left = (this.#pins.get(blob) ?? 0) - 1
    if (left > 0) this.#pins.set(blob, left)
    else this.#pins.delete(blob)
  }

  /** Removes the files of those blobs that nothing names and nobody reads any more. */
  collect(blobs: readonly string[]): void {
    for (const blob of new Set(blobs)) {
      if (!this.#pins.has(blob) && !this.#pieces.isUsed(blob)) rmSync(this.#path(blob), { force: true })
    }
  }
}
