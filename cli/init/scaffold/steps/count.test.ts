import { test } from 'node:test'
import { testStep } from 'standdown/testing'
import { handler } from './count.ts'

test('it can be aborted at every number, in each way', async () => {
  await testStep(handler, { input: { to: 3, every_ms: 1 } }).abortEverywhere()
})
