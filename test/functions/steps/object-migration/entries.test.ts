import { expect, test } from 'vitest'
import { handler as copyObjects } from '#functions/steps/object-migration/copy-objects.ts'
import { handler as deleteSource } from '#functions/steps/object-migration/delete-source.ts'
import { handler as listObjects } from '#functions/steps/object-migration/list-objects.ts'
import { handler as verify } from '#functions/steps/object-migration/verify.ts'

test.each([
  ['list-objects', listObjects],
  ['copy-objects', copyObjects],
  ['verify', verify],
  ['delete-source', deleteSource],
])('%s has that name and stops at its checkpoints', (name, handler) => {
  expect(handler.step).toMatchObject({ name, abortable: 'checkpoint' })
})

test('only the deletion cannot be undone', () => {
  const lost = [listObjects, copyObjects, verify, deleteSource].filter(({ step }) => step.irreversible)
  expect(lost).toEqual([deleteSource])
})
