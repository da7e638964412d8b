import { expect, test } from 'vitest'
import { Nesting } from '#infra/constructs/nesting.ts'

/** Templates by the first letter of their machine. */
const faultsOf = (...pairs: [string, string][]): string[] => {
  const nesting = new Nesting()
  for (const [template, child] of pairs) nesting.add(template, `arn:${child}`)
  return nesting.faults((arn) => (arn.endsWith(':foreign') ? undefined : arn.slice(4)))
}

test('three deep is taken, also where the last waits for a machine that is no template', () => {
  expect(faultsOf(['a', 'b'], ['b', 'c'], ['c', 'foreign'])).toEqual([])
})

test('four deep is refused, and which', () => {
  expect(faultsOf(['a', 'b'], ['b', 'c'], ['c', 'd'])).toEqual([
    'jobs wait for jobs 3 deep at most: a > b > c > d',
  ])
})

test('jobs that wait for jobs of their own template are refused: they have no end', () => {
  expect(faultsOf(['a', 'a'])).toEqual(['jobs wait for jobs 3 deep at most: a > a > a > a'])
})
