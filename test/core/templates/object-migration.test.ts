import { expect, test } from 'vitest'
import * as z from 'zod'
import { objectMigrationInput } from '#core/templates/object-migration.ts'

const input = { source: { bucket: 'photos' }, destination: { bucket: 'archive' } }
const issues = (value: unknown) => objectMigrationInput.safeParse(value).error?.issues ?? []

test('two buckets are enough', () => {
  expect(objectMigrationInput.parse(input)).toEqual(input)
})

test.each([
  [{ ...input, extra: 1 }, []],
  [{ ...input, source: { bucket: 'a', path: '/' } }, ['source']],
  [{ ...input, filter: { sufix: '.jpg' } }, ['filter']],
  [{ ...input, source: {} }, ['source', 'bucket']],
  [{ ...input, part_size_mib: 4 }, ['part_size_mib']],
  [{ ...input, part_size_mib: 5121 }, ['part_size_mib']],
  [{ ...input, concurrency: 33 }, ['concurrency']],
  [{ ...input, concurrency: 1.5 }, ['concurrency']],
  [{ ...input, remain_source: 'false' }, ['remain_source']],
  [{ ...input, filter: { modified_after: 'yesterday' } }, ['filter', 'modified_after']],
  [{ ...input, source: { bucket: 'a', endpoint: 'file:///etc' } }, ['source', 'endpoint']],
])('%j is refused where it is wrong', (value, path) => {
  expect(issues(value).map((issue) => issue.path)).toEqual([path])
})

test.each([
  ['photos/', 'photos/', true],
  ['', 'archive/', true],
  ['photos/', 'photos/old/', true],
  ['photos/old/', 'photos/', true],
  ['photos/', 'archive/', false],
])('within one bucket %j to %j overlaps: %s', (from, to, overlaps) => {
  const value = { source: { bucket: 'b', prefix: from }, destination: { bucket: 'b', prefix: to } }
  expect(issues(value).length > 0).toBe(overlaps)
  const elsewhere = { ...value, destination: { ...value.destination, endpoint: 'https://s3.example.org' } }
  expect(issues(elsewhere)).toEqual([])
})

test('the input has a JSON Schema', () => {
  const schema = z.toJSONSchema(objectMigrationInput, { target: 'draft-4' })
  expect(schema).toMatchObject({ additionalProperties: false, required: ['source', 'destination'] })
})
