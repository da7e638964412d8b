import { createHash, randomUUID } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AwsError, type AwsJsonService } from '#local/types.ts'

type Message = { MessageId: string; Body: string; SentAt: string }
type Input = Record<string, unknown>

export type QueuesOptions = { dataDir: string; names: string[]; urlOf(name: string): string }

export interface Queues {
  send(nameOrArn: string, body: string): string
  handle: AwsJsonService
}

/** Queues of dead letters, to look into: one NDJSON file each. A received message stays until it is deleted. */
export function createQueues({ dataDir, names, urlOf }: QueuesOptions): Queues {
  const directory = join(dataDir, 'sqs')
  mkdirSync(directory, { recursive: true, mode: 0o700 })

  const fileOf = (reference: unknown): string => {
    const name = String(reference).split(/[/:]/).at(-1) ?? ''
    if (names.includes(name)) return join(directory, `${name}.ndjson`)
    throw new AwsError(
      'QueueDoesNotExist',
      `there is no queue '${name}'; there is ${names.join(', ') || 'none'}`,
    )
  }
  const send = (reference: string, body: string): string => {
    const message: Message = { MessageId: randomUUID(), Body: body, SentAt: new Date().toISOString() }
    appendFileSync(fileOf(reference), `${JSON.stringify(message)}\n`, { mode: 0o600 })
    return message.MessageId
  }
  const operations: Record<string, (input: Input) => unknown> = {
    ListQueues: () => ({ QueueUrls: names.map(urlOf) }),
    GetQueueUrl: ({ QueueName }) => fileOf(QueueName) && { QueueUrl: urlOf(String(QueueName)) },
    ReceiveMessage: ({ QueueUrl, MaxNumberOfMessages = 1 }) =>
      received(readMessages(fileOf(QueueUrl)).slice(0, Number(MaxNumberOfMessages))),
    DeleteMessage: ({ QueueUrl, ReceiptHandle }) => {
      const file = fileOf(QueueUrl)
      writeMessages(
        file,
        readMessages(file).filter(({ MessageId }) => MessageId !== ReceiptHandle),
      )
    },
  }
  return {
    send,
    async handle(operation, input) {
      const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined
      if (run) return run(input)
      const known = Object.keys(operations).join(', ')
      throw new AwsError('InvalidAction', `${operation} is not run here; there is ${known}`)
    },
  }
}

function received(messages: Message[]): { Messages?: object[] } {
  if (messages.length === 0) return {}
  const Messages = messages.map(({ MessageId, Body }) => ({
    MessageId,
    Body,
    ReceiptHandle: MessageId,
    MD5OfBody: md5(Body),
  }))
  return { Messages }
}

function readMessages(file: string): Message[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as Message)
}

function writeMessages(file: string, messages: Message[]): void {
  writeFileSync(`${file}.new`, messages.map((message) => `${JSON.stringify(message)}\n`).join(''))
  renameSync(`${file}.new`, file)
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}
