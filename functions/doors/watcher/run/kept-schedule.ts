import type { ActionMark, Schedule } from './schedule.ts'

/** As it is kept, a letter for each action: it is written with each question, and a write is paid by the KB. */
export type KeptSchedule = { marks: string; workers: Schedule['workers'] }

const LETTERS: Record<ActionMark, string> = {
  waits: 'w',
  given: 'g',
  succeeded: 's',
  failed: 'f',
  never: 'n',
}
const MARKS = Object.fromEntries(
  Object.entries(LETTERS).map(([mark, letter]) => [letter, mark as ActionMark]),
)

export const keptOf = ({ marks, workers }: Schedule): KeptSchedule => ({
  marks: marks.map((mark) => LETTERS[mark]).join(''),
  workers,
})

export const scheduleOf = ({ marks, workers }: KeptSchedule): Schedule => ({
  marks: [...marks].map((letter) => MARKS[letter]!),
  workers,
})
