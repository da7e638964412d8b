import type { Graph } from '../plan/graph.ts'

/** An action: not begun, given to a worker, ended, or never to be begun because a parent did not succeed. */
export type ActionMark = 'waits' | 'given' | 'succeeded' | 'failed' | 'never'

/** What a worker is told: the place of an action, or that none is left. */
export type Told = number | 'done' | 'failed'

/**
 * A worker's last question: `asked_at` tells it from the one before; `told` is null while it waits. Its `token` is kept for
 * others to end its task by: while it waits, and after another's question has told it until that one (`by`) asks anew.
 */
export type Worker = { asked_at: string; told: Told | null; token?: string; by?: number }

/** Where a plan's job is: who does what. What became of an action is its step's to say. */
export type Schedule = { marks: ActionMark[]; workers: Record<string, Worker> }

export type Question = { worker: number; asked_at: string; token: string; failed: boolean }

export const newSchedule = (actions: number): Schedule => ({
  marks: Array.from({ length: actions }, () => 'waits'),
  workers: {},
})

/**
 * The schedule after a worker's question, which also says how its last action ended: every action that can be begun is
 * given to a worker that waits. A question that comes again, as after a lost answer, changes its token alone; one from
 * before the last changes nothing.
 */
export function asked(schedule: Schedule, graph: Graph, question: Question): Schedule {
  const { worker, asked_at, token, failed } = question
  const known = schedule.workers[worker]
  if (known && isEarlier(asked_at, known.asked_at)) return schedule
  if (known?.asked_at === asked_at) {
    if (known.told !== null) return schedule
    return { ...schedule, workers: { ...schedule.workers, [worker]: { ...known, token } } }
  }
  const marks = [...schedule.marks]
  if (typeof known?.told === 'number') marks[known.told] = failed ? 'failed' : 'succeeded'
  const workers = { ...withoutTold(schedule.workers, worker), [worker]: { asked_at, told: null, token } }
  return assign({ marks: closed(marks, graph), workers }, graph, worker)
}

const isEarlier = (one: string, other: string): boolean => Date.parse(one) < Date.parse(other)

/** Who asks anew was answered, and that last of all that its question had told: their tokens have been used. */
function withoutTold(workers: Schedule['workers'], by: number): Schedule['workers'] {
  const entries = Object.entries(workers)
  return Object.fromEntries(
    entries.map(([name, { asked_at, told, ...of }]) => [
      name,
      of.by === by ? { asked_at, told } : { asked_at, told, ...of },
    ]),
  )
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

/** Who asks comes first: it waits only where nobody is told anything. */
function assign({ marks: before, workers: known }: Schedule, { parents }: Graph, by: number): Schedule {
  const marks = [...before]
  const workers = { ...known }
  const ready = marks.flatMap((mark, at) =>
    mark === 'waits' && parents[at]!.every((parent) => marks[parent] === 'succeeded') ? [at] : [],
  )
  const names = [String(by), ...Object.keys(workers).filter((name) => name !== String(by))]
  for (const name of names.filter((name) => workers[name]!.told === null)) {
    const at = ready.shift()
    if (at === undefined) break
    marks[at] = 'given'
    workers[name] = tell(workers[name]!, at, { by, isOwn: name === String(by) })
  }
  const isOver = marks.every((mark) => mark !== 'waits' && mark !== 'given')
  return { marks, workers: isOver ? dismissed(workers, marks, by) : workers }
}

/** Its own token comes with each of its questions. */
const tell = (
  { asked_at, token }: Worker,
  told: Told,
  { by, isOwn }: { by: number; isOwn: boolean },
): Worker => (isOwn || token === undefined ? { asked_at, told } : { asked_at, told, token, by })

/** The first that hears of a failure ends the Map: all others have nothing in hand then. */
function dismissed(workers: Schedule['workers'], marks: ActionMark[], by: number): Schedule['workers'] {
  const told = marks.includes('failed') ? 'failed' : 'done'
  const entries = Object.entries(workers)
  return Object.fromEntries(
    entries.map(([name, worker]) => [
      name,
      worker.told === null ? tell(worker, told, { by, isOwn: name === String(by) }) : worker,
    ]),
  )
}

/** Whose task ends, and by which token. */
export type Telling = { token: string; told: Told }

/**
 * Whom the question's answer is for: the others that it has told, and last of all who asked. Where one of them is not
 * reached, the task of who asked goes on, and the question comes again.
 */
export function tellings({ workers }: Schedule, { worker, asked_at, token }: Question): Telling[] {
  const own = workers[worker]
  if (own?.asked_at !== asked_at) return []
  const others = Object.values(workers).flatMap(({ by, told, token: of }) =>
    by === worker && told !== null && of !== undefined ? [{ token: of, told }] : [],
  )
  return own.told === null ? others : [...others, { token, told: own.told }]
}
