import type { DynamoDBClient, UpdateItemCommandOutput } from '@aws-sdk/client-dynamodb'
import { decode } from '#aws/table/codec.ts'
import type { Item } from '#aws/table/keys.ts'
import type { Job } from '#core/job/job.ts'
import { type Step, stepSortKey } from '#core/step/step.ts'
import type { Fate } from '#test/engine/ports/table-ports.ts'
import { clientOf } from './table.ts'

export type { Fate }

export type Recorded = { item: Job | Step; sk: string }
export type FaultyClient = { client: DynamoDBClient; writes: Recorded[]; requests: string[] }

/** Lets one request after another through, in an order of its own. */
export type InTurn = <Answer>(request: () => Promise<Answer>) => Promise<Answer>

const lost = (): Error => Object.assign(new Error('socket hang up'), { name: 'TimeoutError' })

/**
 * A client whose requests meet the fate that `fateOf` decides, below the SDK's own retry, and that records
 * the image of every item that was really written, also where the reply was lost.
 */
export function faultyClient(
  endpoint: string,
  fateOf: (operation: string) => Fate,
  inTurn: InTurn = (request) => request(),
): FaultyClient {
  const client = clientOf(endpoint)
  const writes: Recorded[] = []
  const requests: string[] = []
  client.middlewareStack.add(
    (next) => async (args) => {
      const input = args.input as { UpdateExpression?: string; ReturnValues?: string }
      return next(input.UpdateExpression ? { ...args, input: { ...input, ReturnValues: 'ALL_NEW' } } : args)
    },
    { step: 'initialize', name: 'askForImages' },
  )
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const operation = (context as { commandName?: string }).commandName ?? ''
      const fate = fateOf(operation)
      if (fate === 'lost-before') throw lost()
      const result = await inTurn(() => next(args))
      const item = (result.output as UpdateItemCommandOutput).Attributes
      // Neither a job nor a step: a notification, a value, or the turn of the sweeper.
      if (item?.kind) writes.push(recorded(item))
      requests.push(operation)
      if (fate === 'lost-after') throw lost()
      return result
    },
    { step: 'deserialize', name: 'faults', priority: 'high' },
  )
  return { client, writes, requests }
}

function recorded(attributes: Item): Recorded {
  const item = decode<Job | Step>(attributes)
  return { item, sk: item.kind === 'job' ? 'JOB' : stepSortKey(item) }
}
