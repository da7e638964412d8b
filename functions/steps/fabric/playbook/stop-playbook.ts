import type { HookTools } from '#sdk/index.ts'
import { isEnded } from '../command/commands.ts'
import { commentOf, labelOf } from '../command/label.ts'
import { askUntil, CANCELLING, POLLING } from '../command/pace.ts'
import type { FabricInput } from '../template.ts'
import { awaitEnd } from './await-end.ts'
import type { Playbook } from './playbook.ts'
import type { PlaybookReport } from './report.ts'
import { conclude, type PlaybookCheckpoint, type PlaybookResult, SKEW_MS } from './run-playbook.ts'
import { LOOKING_MS, type SentCommand, type Surroundings } from './send.ts'

export type PlaybookHookTools = HookTools<PlaybookCheckpoint, PlaybookResult>

/** A command whose id was answered once is known for 30 days: one that is not told of in this time is not awaited. */
const UNKNOWN_MS = 5 * 60_000

/**
 * The `abort` hook: cancels what an interrupted run left running, again and again, as CancelCommand promises nothing,
 * and keeps how it really ended, which may be well.
 */
export async function stopPlaybook(around: Surroundings, tools: PlaybookHookTools): Promise<void> {
  const { checkpoint, index, job, signal, save } = tools
  // A run that died before its first checkpoint did not say more.
  const { name: named } = playbookOf(job.input, index)
  const playbook = checkpoint ?? { name: named, pass: 1, begun_at: job.created_at }
  const { name, pass, begun_at } = playbook
  try {
    for (const sent of await sentCommands(around, tools)) {
      const report = await stop(around, sent, { playbook, signal })
      await save({ name, pass, begun_at, sent, report })
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  }
}

/** What the checkpoint has, or what is found by its comment: the run may have died between sending and recording. */
async function sentCommands(
  { commands, clock }: Surroundings,
  tools: PlaybookHookTools,
): Promise<SentCommand[]> {
  const { checkpoint, job, index, signal } = tools
  if (checkpoint?.sent) return [checkpoint.sent]
  if (checkpoint?.refused) return []
  const { retries } = playbookOf(job.input, index)
  // Null where it may be repeated.
  const pass = checkpoint?.pass ?? (retries === 0 ? 1 : null)
  const place = { job, index }
  const comment = pass === null ? labelOf(place) : commentOf(place, pass)
  const until = clock.now() + LOOKING_MS
  const since = new Date(Date.parse(checkpoint?.begun_at ?? job.created_at) - SKEW_MS)
  const found = await askUntil({ clock, rate: POLLING, signal }, async () => {
    const all = await commands.find(comment, since, signal)
    // Of several passes those that have ended say nothing of the last one, which lists may not show yet.
    const own = pass === null ? all.filter((state) => !isEnded(state)) : all
    return own.length > 0 || clock.now() >= until ? own : undefined
  })
  const deliver_by = new Date(clock.now() + UNKNOWN_MS).toISOString()
  return found.map(({ id }) => ({ command_id: id, deliver_by }))
}

/** As the job's input has it; an execution of the AWS console may have any. */
function playbookOf(input: unknown, index: number | string | null): { name: string; retries: number } {
  const { playbooks } = (input ?? {}) as Partial<FabricInput>
  const { name = '', retries = 0 } = playbooks?.[Number(index)] ?? {}
  return { name, retries }
}

type Stopping = { playbook: Pick<Playbook, 'name' | 'pass'>; signal: AbortSignal }

async function stop(
  around: Surroundings,
  { command_id }: SentCommand,
  { playbook, signal }: Stopping,
): Promise<PlaybookReport> {
  const { commands, clock } = around
  const sent = { command_id, deliver_by: new Date(clock.now() + UNKNOWN_MS).toISOString() }
  const ended = await awaitEnd(around, {
    sent,
    rate: CANCELLING,
    signal,
    onLook: (state) => (state && isEnded(state) ? undefined : commands.cancel(command_id, signal)),
  })
  if (!ended.state) throw new Error(`nothing is told of the command ${command_id}: see whether it runs`)
  return conclude(around, ended, { playbook, sent, signal })
}
