import { type CommandState, type Invocation, isEnded } from '../command/commands.ts'
import { askUntil, type Rate } from '../command/pace.ts'
import type { SentCommand, Surroundings } from './send.ts'

/** How a command ended; without a state where nobody ever saw it. */
export type Ended = { state: CommandState | undefined; invocations: Invocation[] }

/** How long the invocations of a command that has ended may be missing in their list. */
const LISTING_MS = 60_000

export type Watch = {
  sent: SentCommand
  rate: Rate
  signal: AbortSignal
  /** Called at each look with what is told now. */
  onLook?(state: CommandState | undefined): Promise<void> | void
}

/**
 * Waits until the command and every invocation of it have ended. One call tells of all targets, so that ten thousand
 * cost what one does; each of them is listed once, at the end.
 */
export async function awaitEnd({ commands, clock }: Surroundings, watch: Watch): Promise<Ended> {
  const { sent, rate, signal, onLook } = watch
  const { command_id: id } = sent
  let endedAt: number | undefined
  return askUntil({ clock, rate, signal }, async () => {
    const state = await commands.state(id, signal)
    await onLook?.(state)
    if (!state) return clock.now() > Date.parse(sent.deliver_by) ? { state, invocations: [] } : undefined
    if (!isEnded(state)) return undefined
    const invocations = await commands.invocations(id, signal)
    endedAt ??= clock.now()
    // A cancelled command may be told as ended while its invocations still are being stopped.
    if (!invocations.every(isEnded)) return undefined
    const isWhole = invocations.length >= state.targets || clock.now() - endedAt > LISTING_MS
    return isWhole ? { state, invocations } : undefined
  })
}
