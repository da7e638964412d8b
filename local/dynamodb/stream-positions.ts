import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface StreamPositions {
  /** The last sequence number of a shard that is done with. */
  get(shardId: string): string | undefined
  set(shardId: string, sequenceNumber: string): void
}

/** One small file per event source mapping, replaced as a whole so that a kill leaves the old or the new one. */
export function openStreamPositions(directory: string, mapping: string): StreamPositions {
  mkdirSync(directory, { recursive: true })
  const path = join(directory, `${mapping}.json`)
  const positions = read(path)
  return {
    get: (shardId) => positions[shardId],
    set(shardId, sequenceNumber) {
      if (positions[shardId] === sequenceNumber) return
      positions[shardId] = sequenceNumber
      writeFileSync(`${path}.new`, JSON.stringify(positions))
      renameSync(`${path}.new`, path)
    },
  }
}

function read(path: string): Record<string, string> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return {}
  }
  try {
    return JSON.parse(text) as Record<string, string>
  } catch (error) {
    throw new Error(
      `the stream position ${path} is damaged: ${(error as Error).message}; remove the data folder`,
    )
  }
}
