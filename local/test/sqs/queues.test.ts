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
    queues.send('dead', 'second')
    queues = open()
    const messages = await receive()
    expect(messages.map(({ Body }) => Body)).toEqual(['first\nline', 'second'])
    await queues.handle('DeleteMessage', { QueueUrl, ReceiptHandle: messages[0]?.ReceiptHandle })
    expect((await receive()).map(({ Body }) => Body)).toEqual(['second'])
  })

  test('is listed, and found by its name', async () => {
    expect(await queues.handle('ListQueues', {})).toEqual({ QueueUrls: [QueueUrl, urlOf('other')] })
    expect(await queues.handle('GetQueueUrl', { QueueName: 'dead' })).toEqual({ QueueUrl })
  })

  test.each([
    ['ReceiveMessage', { QueueUrl: urlOf('nobody') }, /there is no queue 'nobody'; there is dead, other/],
    ['ReceiveMessage', { QueueUrl: '../../etc/passwd' }, /there is no queue 'passwd'/],
    ['CreateQueue', { QueueName: 'more' }, /CreateQueue is not run here/],
  ])('refuses %s %j', async (operation, input, message) => {
    await expect(queues.handle(operation, input)).rejects.toThrow(message)
  })
})
