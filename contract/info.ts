export const INFO = {
  version: '0.1.0',
  license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
}

type Rendered = { jsonSchema: { minimum?: number | undefined; maximum?: number | undefined } }

/** zod bounds every whole number by what a double holds exactly: nobody has to read that. */
export function withoutSafeIntegers({ jsonSchema }: Rendered): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
}
