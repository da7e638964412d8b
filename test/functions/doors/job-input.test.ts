import { afterEach, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { RequestInvalidError } from '#core/errors.ts'
import type { Template } from '#core/template.ts'
import { validInput } from '#functions/doors/job-input.ts'
import { OBJECT_MIGRATION, objectMigrationInput } from '#functions/steps/object-migration/template.ts'
import { NO_STATES } from '#test/core/template-samples.ts'

afterEach(() => vi.unstubAllEnvs())

const template: Template = {
  name: OBJECT_MIGRATION.name,
  description: '',
  state_machine_arn: 'arn',
  input_schema: z.toJSONSchema(objectMigrationInput, { io: 'input', target: 'draft-7' }),
  abort_modes: ['graceful'],
  definition: NO_STATES,
  steps: [],
}

function pointersOf(input: unknown, of = template): string[] {
  try {
    validInput(of, input)
    return []
  } catch (error) {
    if (error instanceof RequestInvalidError) return error.errors.map(({ pointer }) => pointer)
    throw error
  }
}

const a = { bucket: 'a' }

test.each([
  ['a migration of a bucket into itself', { source: a, destination: a }, ['/input/destination']],
  [
    'sizes that nothing has',
    { source: a, destination: { bucket: 'b' }, filter: { min_size: 2, max_size: 1 } },
    ['/input/filter/min_size'],
  ],
  [
    'an endpoint that leads to the functions themselves',
    { source: a, destination: { bucket: 'b', endpoint: 'http://169.254.169.254' } },
    ['/input/destination/endpoint'],
  ],
  ['what the schema refuses already', { source: a, destination: 1 }, ['/input/destination']],
  ['two buckets', { source: a, destination: { bucket: 'b' } }, []],
])('%s is refused where it is wrong', (_, input, pointers) => {
  expect(pointersOf(input)).toEqual(pointers)
})

test('where all of AWS runs on one computer, stores may be there too', () => {
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:4001')
  expect(pointersOf({ source: a, destination: { bucket: 'b', endpoint: 'http://127.0.0.1:9000' } })).toEqual(
    [],
  )
  const itself = { bucket: 'a', endpoint: 'http://127.0.0.1:4001/' }
  expect(pointersOf({ source: a, destination: itself })).toEqual(['/input/destination'])
})

test('rules are those of one template', () => {
  expect(pointersOf({ source: a, destination: a }, { ...template, name: 'other' })).toEqual([])
})
