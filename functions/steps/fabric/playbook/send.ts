import { type Commands, SendUnanswered } from '../command/commands.ts'
import { commentOf, type Place } from '../command/label.ts'
import { askUntil, type Clock, POLLING } from '../command/pace.ts'
import { PlaybookRefused, RunCommandUnavailable } from '../errors.ts'
import type { Playbook } from './playbook.ts'

/** What the step works with. */
export type Surroundings = { commands: Commands; clock: Clock }

/** A command of ours, and until when it may be delivered. */
export type SentCommand = { command_id: string; deliver_by: string }

/** AWS takes no shorter one: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html */
const SHORTEST_DELIVERY_S = 30
const USUAL_DELIVERY_S = 3_600

/**
 * How long a command that may have been sent is looked for. Lists lag by seconds; what they do not show by then was
 * not sent.
 */
export const LOOKING_MS = 30_000
/** So often in one attempt; the next one begins by looking. */
const TRIES = 4

export type Sending = { playbook: Playbook; place: Place; since: Date; signal: AbortSignal }

/**
 * Sends the playbook's command once. A lost reply, which leaves it open whether it was sent, is answered by its
 * comment; so is what an earlier attempt may have sent (`sentBefore`).
 *
 * @throws PlaybookRefused; RunCommandUnavailable where it could not be sent for now
 */
export async function sendOnce(
  around: Surroundings,
  sending: Sending,
  sentBefore: boolean,
): Promise<SentCommand> {
  const { commands, clock } = around
  const { playbook, place, signal } = sending
  const deliverySeconds = Math.max(SHORTEST_DELIVERY_S, playbook.timeoutSeconds ?? USUAL_DELIVERY_S)
  const sent = (command_id: string): SentCommand => {
    const deliver_by = new Date(clock.now() + deliverySeconds * 1_000).toISOString()
    return { command_id, deliver_by }
  }
  let maybe = sentBefore
  const parameters = await parametersOf(around, sending)
  const { document, targets } = playbook
  const comment = commentOf(place, playbook.pass)
  const request = { document, parameters, targets, deliverySeconds, comment }
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = maybe ? await lookFor(around, sending, comment) : null
    if (found) return sent(found)
    signal.throwIfAborted()
    try {
      // Not under the signal: a command whose id nobody waited for would have to be looked for.
      return sent(await commands.send(request))
    } catch (error) {
      maybe = error instanceof SendUnanswered
      if (!maybe && !(error instanceof RunCommandUnavailable)) throw error
      await clock.sleep(POLLING.firstMs * 4 ** tries * (0.5 + Math.random() / 2), signal)
    }
  }
  throw new RunCommandUnavailable(`the playbook ${playbook.name} could not be sent yet: the step tries again`)
}

/** Null where there is none for as long as lists may lag. */
async function lookFor(
  { commands, clock }: Surroundings,
  { since, signal }: Sending,
  comment: string,
): Promise<string | null> {
  const until = clock.now() + LOOKING_MS
  return askUntil({ clock, rate: POLLING, signal }, async () => {
    const [found] = await commands.find(comment, since, signal)
    if (found) return found.id
    return clock.now() >= until ? null : undefined
  })
}

/** The time that a document may run is a parameter of its own: TimeoutSeconds is for delivery alone. */
async function parametersOf(
  { commands, clock }: Surroundings,
  { playbook, signal }: Sending,
): Promise<Record<string, string[]>> {
  const { name, document, parameters, timeoutSeconds } = playbook
  if (timeoutSeconds === null) return parameters
  const parameter = await askUntil({ clock, rate: POLLING, signal }, () =>
    commands.timeoutParameter(document, signal),
  )
  const fault =
    parameter === null
      ? `has timeout_seconds, and ${document} no parameter for it: leave it out`
      : parameter in parameters && `has timeout_seconds and the parameter ${parameter}: say it once`
  if (fault) throw new PlaybookRefused(`the playbook ${name} ${fault}`)
  return { ...parameters, [parameter!]: [String(timeoutSeconds)] }
}
