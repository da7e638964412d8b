import { setTimeout as sleep } from 'node:timers/promises'
import type { LambdaInvoker } from '#local/types.ts'
import { createDelivery, type Mapping } from './batch-delivery.ts'
import type { DynamoDb } from './dynamodb-client.ts'
import { openStreamPositions } from './stream-positions.ts'
import { StreamReader } from './stream-reader.ts'

export type { Mapping } from './batch-delivery.ts'

export type PumpOptions = {
  dynamodb: DynamoDb
  lambda: LambdaInvoker
  mappings: Mapping[]
  positionsDir: string
  sendFailure(queueArn: string, message: object): Promise<void>
  log(line: string): void
  /** @default one second */
  pollMs?: number
  /** The first wait before a retry; doubles up to 30 s. @default 200 ms */
  retryMs?: number
}

export interface Pump {
  /** Something was written: look now. */
  wake(): void
  /** The lowest sequence number still needed, by table: everything before it may go. */
  consumed(): Map<string, number>
  close(): Promise<void>
}

const GATHER_MS = 8
const LONGEST_WAIT_MS = 30_000

/** The event source mappings: one loop each, from the table's stream to the function. */
export function startPump(options: PumpOptions): Pump {
  const stop = new AbortController()
  const loops = options.mappings.map((mapping) => startLoop(options, mapping, stop.signal))
  const poll = setInterval(wake, options.pollMs ?? 1_000)
  wake()

  function wake(): void {
    for (const loop of loops) loop.wake()
  }
  return {
    wake,
    consumed() {
      const lowest = new Map<string, number>()
      for (const { mapping, position } of loops) {
        lowest.set(mapping.tableName, Math.min(position(), lowest.get(mapping.tableName) ?? Infinity))
      }
      return lowest
    },
    async close() {
      clearInterval(poll)
      stop.abort()
      // A function that is still at work is not waited for: its records come again at the next start.
      await Promise.race([Promise.all(loops.map(({ idle }) => idle())), sleep(200)])
    },
  }
}

function startLoop(options: PumpOptions, mapping: Mapping, signal: AbortSignal) {
  const { dynamodb, retryMs = 200 } = options
  const reader = new StreamReader(dynamodb, mapping.tableName)
  const positions = openStreamPositions(options.positionsDir, mapping.logicalId)
  const backOff = (retry: number): Promise<void> =>
    sleep(Math.min(retryMs * 2 ** (retry - 1), LONGEST_WAIT_MS), undefined, { signal })
  const deliver = createDelivery({ ...options, mapping, positions, backOff })
  let shards: string[] = []
  let running: Promise<void> | undefined
  let again = false

  async function readAll(): Promise<void> {
    do {
      // Writes come in bursts; one read for several of them leaves the processor to the work itself.
      await sleep(GATHER_MS, undefined, { signal })
      again = false
      // The emulator has one shard per table for good; a real stream gets new ones.
      if (shards.length === 0) shards = await reader.shards()
      for (const shardId of shards) await readShard(shardId)
    } while (again && !signal.aborted)
  }
  async function readShard(shardId: string): Promise<void> {
    while (!signal.aborted) {
      const after = positions.get(shardId)
      const from = { limit: mapping.batchSize }
      const page = await reader.read(shardId, after === undefined ? from : { ...from, after })
      if (page.NextShardIterator === undefined) shards = []
      if (page.Records.length > 0) await deliver({ shardId, records: page.Records })
      // What comes after a page that was not full wakes the loop again.
      if (page.Records.length < mapping.batchSize) return
    }
  }
  function wake(): void {
    again = true
    if (running || signal.aborted) return
    running = readAll()
      .catch((error: unknown) => {
        if (signal.aborted) return
        options.log(`the stream of ${mapping.tableName} cannot be read now: ${(error as Error).message}`)
        shards = []
        again = false
        reader.forget()
      })
      .finally(() => {
        running = undefined
        if (again) wake()
      })
  }
  const position = (): number =>
    shards.length === 0 ? 0 : Math.min(...shards.map((shardId) => Number(positions.get(shardId) ?? 0)))
  return { mapping, wake, position, idle: async () => running }
}
