import { expect, test } from 'vitest'

/** One fact about AWS: a sentence, where it is documented or was measured, and the check that ours does the same. */
export type GoldenRow<Service> = {
  behaviour: string
  source: string
  check(service: Service): unknown
}

const SOURCES = [
  'https://docs.aws.amazon.com/',
  'https://states-language.net/',
  'https://www.rfc-editor.org/',
  'https://github.com/',
  'https://reveng.sourceforge.io/',
]

/** Runs the rows of a table as tests, each with a service of its own. */
export function golden<Service>(
  rows: readonly GoldenRow<Service>[],
  withService: (use: (service: Service) => unknown) => Promise<void>,
): void {
  test('every row has a sentence of its own and says where it comes from', () => {
    expect(new Set(rows.map(({ behaviour }) => behaviour)).size).toBe(rows.length)
    const unsourced = rows.filter(({ source }) => !SOURCES.some((start) => source.startsWith(start)))
    expect(unsourced).toEqual([])
  })
  test.each(rows)('$behaviour', ({ check }) => withService(check))
}
