import { setTimeout as pause } from 'node:timers/promises'
import type { DoorRecords } from '#engine/door-records.ts'
import type { Graph } from '../plan/graph.ts'
import { asked, newlyTold, newSchedule, type Question, type Schedule, type Worker } from './schedule.ts'

const SCHEDULES = 'plan-schedules'
/** 40 workers begin at once; after that their questions are spread. */
const TRIES = 60
const LONGEST_PAUSE_MS = 400

/** Writes the question, and answers the workers that whoever asked has to tell something. */
export async function ask(
  records: DoorRecords,
  { job, graph }: { job: string; graph: Graph },
  question: Question,
): Promise<Worker[]> {
  const key = { set: SCHEDULES, id: job }
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const found = await records.get<Schedule>(key)
    const before = found?.value ?? newSchedule(graph.ranks.length)
    const after = asked(before, graph, question)
    if (await records.write([{ ...key, from: found?.version ?? null, to: after }])) {
      return newlyTold(before, after, question)
    }
    await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, 10 * tries))
  }
  throw new Error(`the schedule of job ${job} is being written by many at once`)
}
