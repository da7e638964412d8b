import { setTimeout as pause } from 'node:timers/promises'
import type { DoorRecords } from '#engine/door-records.ts'
import type { Graph } from '../plan/graph.ts'
import { type KeptSchedule, keptOf, scheduleOf } from './kept-schedule.ts'
import { asked, newSchedule, type Question, type Telling, tellings } from './schedule.ts'

const SCHEDULES = 'plan-schedules'
/** 40 workers begin at once; after that their questions are spread. */
const TRIES = 60
const LONGEST_PAUSE_MS = 400

/** Writes the question, and answers whom to tell what, one after the other. */
export async function ask(
  records: DoorRecords,
  { job, graph }: { job: string; graph: Graph },
  question: Question,
): Promise<Telling[]> {
  const key = { set: SCHEDULES, id: job }
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const found = await records.get<KeptSchedule>(key)
    const before = found ? scheduleOf(found.value) : newSchedule(graph.ranks.length)
    const after = asked(before, graph, question)
    // One that was made, and written over since, is found made: it is the same question again.
    const change = { ...key, from: found?.version ?? null, to: keptOf(after) }
    if (after === before || (await records.writeOne(change))) return tellings(after, question)
    await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, 10 * tries))
  }
  throw new Error(`the schedule of job ${job} is being written by many at once`)
}
