const ended = (topic: string): string => `${topic}\\.(end|error) `
const cancelled = `cancel\\.start ${ended('cancel')}`

/** A job that never began is not told to have failed; only what was cleaned up again is told after its end. */
const JOB = new RegExp(
  `^(execution\\.start ${ended('execution')}|(execution\\.start )?${cancelled})?(cleanup\\.start ${ended('cleanup')})*$`,
)
const STEP = new RegExp(`^(${cancelled})?$`)

/** What one job or step has sent, in order and without its noun: `execution.start cancel.start `. */
export const lineOf = (types: string[]): string =>
  types.map((type) => `${type.split('.').slice(1).join('.')} `).join('')

/** I12: whether a job or a step that rests may have sent this: for each start one end or error. */
export const isWhole = (kind: 'job' | 'step', line: string): boolean =>
  (kind === 'job' ? JOB : STEP).test(line)
