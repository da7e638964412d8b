/** Equal values get one number, so that a state of the world is a short list of numbers. */
const numbers = new Map<string, number>()
const values: unknown[] = []

export function intern(value: unknown): number {
  const key = JSON.stringify(value) ?? 'undefined'
  const known = numbers.get(key)
  if (known !== undefined) return known
  numbers.set(key, values.length)
  return values.push(value) - 1
}

export const valued = <Value>(number: number): Value => values[number] as Value
