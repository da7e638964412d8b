import { expect, test } from 'vitest'
import type { RecordChange } from '#engine/door-records.ts'
import { MemoryDoorRecords } from '#engine/memory/door-records.ts'
import { type Graph, graphOf } from '#functions/doors/watcher/plan/graph.ts'
import { ask } from '#functions/doors/watcher/run/ask.ts'
import type { Telling } from '#functions/doors/watcher/run/schedule.ts'

const ACTIONS = 500
/** As long as the tokens of Step Functions. */
const token = (worker: number, turn: number): string => `${worker} ${turn} `.padEnd(1_000, 'x')
/** The key, the version and the names of a record. */
const AROUND = 150

/** Counts what DynamoDB would: a unit for each KB that is begun, twice that in a transaction. */
class PaidRecords extends MemoryDoorRecords {
  readonly units: number[] = []
  private pay(changes: RecordChange[], times: number): void {
    const kilobytes = changes.map(({ to }) =>
      Math.ceil((AROUND + Buffer.byteLength(JSON.stringify(to))) / 1024),
    )
    this.units.push(times * kilobytes.reduce((sum, one) => sum + one, 0))
  }
  override write(changes: RecordChange[]): Promise<boolean> {
    this.pay(changes, 2)
    return super.write(changes)
  }
  override writeOne(change: RecordChange): Promise<boolean> {
    this.pay([change], 1)
    return super.write([change])
  }
}

/** Workers that each do what they are told and ask anew, one after the other, until all are dismissed. */
async function run(graph: Graph, count: number): Promise<{ units: number[]; done: number }> {
  const records = new PaidRecords()
  const turns = Array.from({ length: count }, () => 0)
  const open = turns.map((_, worker) => worker)
  let done = 0
  while (open.length > 0) {
    const worker = open.shift()!
    const turn = turns[worker]! + 1
    turns[worker] = turn
    const asked_at = new Date(turn * 1_000).toISOString()
    const question = { worker, asked_at, token: token(worker, turn), failed: false }
    const told: Telling[] = await ask(records, { job: 'job', graph }, question)
    for (const one of told.filter((telling) => typeof telling.told === 'number')) {
      done += 1
      open.push(Number(one.token.split(' ')[0]))
    }
  }
  return { units: records.units, done }
}

const planned = (parentsOf: (at: number) => number[]): Graph =>
  graphOf(
    Array.from({ length: ACTIONS }, (_, at) => ({ uuid: `${at}`, parents: parentsOf(at).map(String) })),
  ) as Graph

const alone = (): number[] => []
const chains = (at: number): number[] => (at < 10 ? [] : [at - 10])
/** Ten at once, then one that rests on all of them, and so on. */
const joins = (at: number): number[] => {
  if (at % 11 === 10) return Array.from({ length: 10 }, (_, i) => at - 1 - i)
  return at < 11 ? [] : [at - (at % 11) - 1]
}

test.each([
  { shape: 'that rest on nothing', parents: alone, workers: 10, most: 2.5 },
  { shape: 'that rest on nothing', parents: alone, workers: 40, most: 5 },
  { shape: 'in ten chains', parents: chains, workers: 10, most: 2.5 },
  { shape: 'in fans of ten that are joined', parents: joins, workers: 10, most: 12 },
])(
  '500 actions $shape, $workers at once, write their schedule for $most units an action',
  async ({ parents, workers, most }) => {
    const { units, done } = await run(planned(parents), workers)
    expect(done).toBe(ACTIONS)
    expect(units.reduce((sum, one) => sum + one, 0) / ACTIONS).toBeLessThanOrEqual(most)
  },
)
