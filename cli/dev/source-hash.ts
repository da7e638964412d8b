import { createHash, type Hash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Begins a hash of what a build is made of; Node's version is part of it. */
export const beginHash = (more = ''): Hash => createHash('sha256').update(`${process.version} ${more}`)

/** Adds the names and the content of files of a folder. */
export function addFiles(hash: Hash, folder: string, names: string[]): void {
  for (const name of names) {
    const path = join(folder, name)
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) {
      hash.update(`\0${name}\0`).update(readFileSync(path))
    }
  }
}
