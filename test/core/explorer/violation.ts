/** An invariant of the design does not hold. */
export class Violation extends Error {
  override readonly name = 'Violation'
  readonly invariant: string
  constructor(invariant: string, text: string) {
    super(`${invariant}: ${text}`)
    this.invariant = invariant
  }
}

export function must(holds: boolean, invariant: string, text: string): void {
  if (!holds) throw new Violation(invariant, text)
}
