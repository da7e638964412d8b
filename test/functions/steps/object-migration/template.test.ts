import { expect, test } from 'vitest'
import * as z from 'zod'
import { objectMigrationInput } from '#functions/steps/object-migration/template.ts'

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
  [{ ...input, source: { bucket: 'a', endpoint: 'http://me:secret@host' } }, ['source', 'endpoint']],
  [{ ...input, source: { bucket: 'a', endpoint: 'https://host/?signature=x' } }, ['source', 'endpoint']],
  [{ ...input, source: { bucket: 'a', credentials_secret: '{"a":"b"}' } }, ['source', 'credentials_secret']],
  [{ ...input, source: { bucket: 'a', credentials_secret: 'AKIA wJalr' } }, ['source', 'credentials_secret']],
])('%j is refused where it is wrong', (value, path) => {
  expect(issues(value).map((issue) => issue.path)).toEqual([path])
})

test.each([
  ['http://127.0.0.1:4001', 'standdown/source'],
  ['https://s3.example.org/base/', 'arn:aws:secretsmanager:us-east-1:123456789012:secret:source-AbCdEf'],
  ['http://[::1]:9000', 'a+b=c@d.e!'],
])('the endpoint %s and the secret %s are names of such', (endpoint, credentials_secret) => {
  expect(issues({ ...input, source: { bucket: 'a', endpoint, credentials_secret } })).toEqual([])
})

test('what keeps secrets out of an input is in its JSON Schema, which the API validates with', () => {
  const schema = JSON.stringify(z.toJSONSchema(objectMigrationInput, { io: 'input', target: 'draft-7' }))
  const location = objectMigrationInput.shape.source.shape
  for (const part of [location.endpoint, location.credentials_secret]) {
    const { pattern } = z.toJSONSchema(part, { io: 'input', target: 'draft-7' })
    expect(pattern).toBeDefined()
    expect(schema).toContain(JSON.stringify(pattern))
  }
})

test('the input has a JSON Schema', () => {
  const schema = z.toJSONSchema(objectMigrationInput, { target: 'draft-4' })
  expect(schema).toMatchObject({ additionalProperties: false, required: ['source', 'destination'] })
})
