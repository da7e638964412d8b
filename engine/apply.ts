import type { Outcome } from '#core/outcome.ts'

/** What became of a conditional write; `current` is the record that stood in its way. */
export type Written<Value> = { kind: 'written' } | { kind: 'lost'; current: Value | undefined }

/** One record of a store that can write on condition that nobody else did. */
export interface Versioned<Value> {
  /** Strongly consistent. */
  read(): Promise<Value | undefined>
  /** Writes `to` if the record still is `from`; a write of its own whose reply was lost counts as written. */
  write(from: Value | undefined, to: Value): Promise<Written<Value>>
}

/** One record, few writers: more rounds than this mean that something else is wrong. */
const MAX_ROUNDS = 50

/**
 * Changes a record by a reducer: reduces, writes on condition, and reduces again on what the record then is
 * when another was faster.
 *
 * @throws Error when others write the record faster than it can be reduced
 */
export async function applyEvent<Value, Reason extends string>(
  record: Versioned<Value>,
  reduce: (value: Value | undefined) => Outcome<Value, Reason>,
  guess: Value | undefined,
): Promise<Outcome<Value, Reason>> {
  let current = guess
  let certain = false
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const outcome = reduce(current)
    if (outcome.kind === 'write') {
      const result = await record.write(current, outcome.item)
      if (result.kind === 'written') return outcome
      current = result.current
    } else {
      // A guess may be stale: what it refuses, or takes for done, must be asked of the record itself.
      if (certain) return outcome
      current = await record.read()
    }
    certain = true
  }
  throw new Error(`a record was written by others ${MAX_ROUNDS} times in a row`)
}
