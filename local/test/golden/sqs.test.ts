import { createQueues } from '#local/sqs/queues.ts'
import { temporaryFolder } from '../fixtures/assembly.ts'
import { golden } from './golden.ts'
import { SQS } from './sqs.table.ts'

golden(SQS, async (use) => {
  const urlOf = (name: string): string => `http://127.0.0.1:1/000000000000/${name}`
  await use(createQueues({ dataDir: temporaryFolder(), names: ['dead'], urlOf }))
})
