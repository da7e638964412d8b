import { expect } from 'vitest'
import type { Queues } from '#local/sqs/queues.ts'
import type { GoldenRow } from './golden.ts'

const API = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference'

/** How a person or a tool looks into a queue of dead letters; here they come in order. */
export const SQS: GoldenRow<Queues>[] = [
  {
    behaviour: 'a received message stays in its queue until it is deleted by its receipt handle',
    source: `${API}/API_ReceiveMessage.html`,
    async check(queues) {
      const { QueueUrl } = (await queues.handle('GetQueueUrl', { QueueName: 'dead' })) as { QueueUrl: string }
      const receive = async () => {
        const answer = await queues.handle('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 })
        return (answer as { Messages?: { Body: string; ReceiptHandle: string }[] }).Messages ?? []
      }
      queues.send('dead', 'letter')
      const [first] = await receive()
      expect(first?.Body).toBe('letter')
      expect(await receive()).toHaveLength(1)
      await queues.handle('DeleteMessage', { QueueUrl, ReceiptHandle: first?.ReceiptHandle })
      expect(await receive()).toEqual([])
    },
  },
  {
    behaviour: 'ReceiveMessage gives one message where no number is asked for',
    source: `${API}/API_ReceiveMessage.html`,
    async check(queues) {
      for (const body of ['one', 'two']) queues.send('dead', body)
      const { QueueUrl } = (await queues.handle('GetQueueUrl', { QueueName: 'dead' })) as { QueueUrl: string }
      const answer = await queues.handle('ReceiveMessage', { QueueUrl })
      expect(answer).toMatchObject({ Messages: [{ Body: 'one' }] })
      expect((answer as { Messages: object[] }).Messages).toHaveLength(1)
    },
  },
  {
    behaviour: 'a queue that is not there is QueueDoesNotExist',
    source: `${API}/API_GetQueueUrl.html`,
    async check(queues) {
      const found = queues.handle('GetQueueUrl', { QueueName: 'nobody' })
      await expect(found).rejects.toMatchObject({ code: 'QueueDoesNotExist' })
    },
  },
]
