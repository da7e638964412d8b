import type { Graph } from '../plan/graph.ts'

/** An action: not begun, given to a worker, ended, or never to be begun because a parent did not succeed. */
type ActionMark = 'waits' | 'given' | 'succeeded' | 'failed' | 'never'

/** What a worker is told: the place of an action, or that none is left. */
export type Told = number | 'done' | 'failed'

/** A worker's last question: `asked_at` tells it from the one before; `told` is null while it waits. */
export type Worker = { asked_at: string; token: string; told: Told | null }

/** Where a plan's job is: who does what. What became of an action is its step's to say. */
export type Schedule = { marks: ActionMark[]; workers: Record<string, Worker> }

export type Question = { worker: number; asked_at: string; token: string; failed: boolean }

export const newSchedule = (actions: number): Schedule => ({
  marks: Array.from({ length: actions }, () => 'waits'),
  workers: {},
})

/**
 * The schedule after a worker's question, which also says how its last action ended: every action that can be begun is
 * given to a worker that waits. A question that comes again, as after a lost answer, changes its token alone.
 */
export function asked(schedule: Schedule, graph: Graph, question: Question): Schedule {
  const { worker, asked_at, token, failed } = question
  const known = schedule.workers[worker]
  const isAgain = known?.asked_at === asked_at
  const marks = [...schedule.marks]
  if (known && !isAgain && typeof known.told === 'number') marks[known.told] = failed ? 'failed' : 'succeeded'
  const own = { asked_at, token, told: isAgain ? known.told : null }
  return assign({ marks: closed(marks, graph), workers: { ...schedule.workers, [worker]: own } }, graph)
}

/** What rests on an action that did not succeed is never begun. */
function closed(marks: ActionMark[], { parents, ranks }: Graph): ActionMark[] {
  const after = [...marks]
  const byRank = marks.map((_, at) => at).sort((a, b) => ranks[a]! - ranks[b]!)
  for (const at of byRank) {
    const isLost = parents[at]!.some((parent) => after[parent] === 'failed' || after[parent] === 'never')
    if (after[at] === 'waits' && isLost) after[at] = 'never'
  }
  return after
}

function assign({ marks: before, workers: known }: Schedule, { parents }: Graph): Schedule {
  const marks = [...before]
  const workers = { ...known }
  const ready = marks.flatMap((mark, at) =>
    mark === 'waits' && parents[at]!.every((parent) => marks[parent] === 'succeeded') ? [at] : [],
  )
  for (const [name, worker] of Object.entries(workers)) {
    if (worker.told !== null) continue
    const at = ready.shift()
    if (at === undefined) break
    marks[at] = 'given'
    workers[name] = { ...worker, told: at }
  }
  const isOver = marks.every((mark) => mark !== 'waits' && mark !== 'given')
  return { marks, workers: isOver ? dismissed(workers, marks) : workers }
}

/** The first that hears of a failure ends the Map: all others have nothing in hand then. */
function dismissed(workers: Schedule['workers'], marks: ActionMark[]): Schedule['workers'] {
  const told = marks.includes('failed') ? 'failed' : 'done'
  const entries = Object.entries(workers)
  return Object.fromEntries(
    entries.map(([name, worker]) => [name, worker.told === null ? { ...worker, told } : worker]),
  )
}

/** The workers that are to be told something by whoever asked: all but those told before. */
export function newlyTold(before: Schedule, after: Schedule, { worker }: Question): Worker[] {
  const isAgain = before.workers[worker]?.asked_at === after.workers[worker]?.asked_at
  return Object.entries(after.workers).flatMap(([name, now]) => {
    if (now.told === null) return []
    const known = before.workers[name]
    const isNew = known?.asked_at !== now.asked_at || known.told === null
    // Who asks again may have failed in telling others.
    return isNew || isAgain ? [now] : []
  })
}
