import { expect, test } from 'vitest'
import { machineOf } from '#engine/jobs/definition.ts'
import { MemoryTemplates } from '#engine/memory/templates.ts'
import { JOBS } from '#test/core/samples.ts'
import { TEMPLATE } from '#test/core/template-samples.ts'

const job = { ...JOBS.ONGOING!, template: TEMPLATE.name, execution_arn: 'arn:gone:j' }

test('where neither the execution nor the template is there, nothing is made up', async () => {
  expect(await machineOf({ templates: new MemoryTemplates([TEMPLATE]) }, job)).toEqual({
    source: 'template',
    template: TEMPLATE,
  })
  expect(await machineOf({ templates: new MemoryTemplates([]) }, job)).toBeNull()
})

test('a Step Functions that does not answer is no missing execution', async () => {
  const templates = new MemoryTemplates([TEMPLATE])
  const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' })
  templates.ofExecution = () => Promise.reject(throttled)
  await expect(machineOf({ templates }, job)).rejects.toBe(throttled)
})
