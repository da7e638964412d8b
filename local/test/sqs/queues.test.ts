import { beforeEach, describe, expect, test } from 'vitest'
import { createQueues, type Queues } from '#local/sqs/queues.ts'
import { temporaryFolder } from '../fixtures/assembly.ts'

const urlOf = (name: string): string => `http://127.0.0.1:1/000000000000/${name}`
const QueueUrl = urlOf('dead')

let dataDir: string
let queues: Queues
const open = (): Queues => createQueues({ dataDir, names: ['dead', 'other'], urlOf })
const receive = async (): Promise<{ Body: string; ReceiptHandle: string }[]> => {
  const answer = await queues.handle('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 })
  return (answer as { Messages?: { Body: string; ReceiptHandle: string }[] }).Messages ?? []
}

beforeEach(() => {
  dataDir = temporaryFolder()
  queues = open()
})

describe('a queue', () => {
  test('keeps its messages in order, also over a restart, until they are deleted', async () => {
    queues.send('arn:aws:sqs:us-east-1:000000000000:dead', 'first\nline')
    await queues.handle('SendMessage', { QueueUrl, MessageBody: 'second' })
    queues = open()
    const messages = await receive()
    expect(messages.map(({ Body }) => Body)).toEqual(['first\nline', 'second'])
    await queues.handle('DeleteMessage', { QueueUrl, ReceiptHandle: messages[0]?.ReceiptHandle })
    expect((await receive()).map(({ Body }) => Body)).toEqual(['second'])
    await queues.handle('PurgeQueue', { QueueUrl })
    expect(await receive()).toEqual([])
  })

  test('is found by its name and counted', async () => {
    expect(await queues.handle('GetQueueUrl', { QueueName: 'dead' })).toEqual({ QueueUrl })
    queues.send('dead', 'x')
    expect(await queues.handle('GetQueueAttributes', { QueueUrl })).toEqual({
      Attributes: { ApproximateNumberOfMessages: '1' },
    })
  })

  test.each([
    [
      'SendMessage',
      { QueueUrl: urlOf('nobody'), MessageBody: 'x' },
      /there is no queue 'nobody'; there is dead, other/,
    ],
    ['SendMessage', { QueueUrl: '../../etc/passwd', MessageBody: 'x' }, /there is no queue 'passwd'/],
    ['CreateQueue', { QueueName: 'more' }, /CreateQueue is not run here/],
  ])('refuses %s %j', async (operation, input, message) => {
    await expect(queues.handle(operation, input)).rejects.toThrow(message)
  })
})
