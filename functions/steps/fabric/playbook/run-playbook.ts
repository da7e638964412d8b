import { JobAborted, type RunTools } from '#sdk/index.ts'
import { isEnded } from '../command/commands.ts'
import { askUntil, POLLING } from '../command/pace.ts'
import { PlaybookFailed, PlaybookRefused } from '../errors.ts'
import { awaitEnd, type Ended } from './await-end.ts'
import { type NextPass, type Playbook, type PlaybookInput, readPlaybook } from './playbook.ts'
import { type PlaybookReport, reportOf, shownTarget } from './report.ts'
import { type SentCommand, type Surroundings, sendOnce } from './send.ts'

/** What an attempt leaves for the next one, and for the hooks. */
export type PlaybookCheckpoint = {
  name: string
  pass: number
  begun_at: string
  sent: SentCommand | null
  /** It was refused: certainly nothing of it runs. */
  refused?: boolean
  report: PlaybookReport | null
}
export type PlaybookResult = PlaybookReport & { next: NextPass }
export type PlaybookTools = RunTools<PlaybookCheckpoint>

/** A repeat names its targets one by one, and SendCommand takes so many. */
const MAX_REPEATED = 50

/**
 * Runs one pass of a playbook to its end, resuming a command that an earlier attempt sent. By force the command is
 * cancelled at once; whether that stopped it is the hook's to see.
 *
 * @throws PlaybookFailed where not every target succeeded and the job is to stop; PlaybookRefused, RunCommandUnavailable
 */
export async function runPlaybook(
  around: Surroundings,
  input: PlaybookInput,
  tools: PlaybookTools,
): Promise<PlaybookResult> {
  const playbook = readPlaybook(input)
  const report = await passOf(around, playbook, tools)
  const next = nextPass(playbook, report)
  if (report.state === 'SUCCEEDED' || next.repeat || playbook.goesOn) return { ...report, next }
  throw new PlaybookFailed(`the playbook ${playbook.name} failed: ${report.reason}`)
}

async function passOf(
  around: Surroundings,
  playbook: Playbook,
  tools: PlaybookTools,
): Promise<PlaybookReport> {
  const { resumeFrom } = tools
  if (resumeFrom?.report) return resumeFrom.report
  const { name, pass } = playbook
  const begun_at = resumeFrom?.begun_at ?? new Date(around.clock.now()).toISOString()
  const begun = { name, pass, begun_at, sent: resumeFrom?.sent ?? null, report: null }
  await tools.checkpoint(begun)
  const sent = begun.sent ?? (await send(around, playbook, { tools, begun }))
  const report = await resultOf(around, playbook, { tools, begun: { ...begun, sent } })
  await tools.checkpoint({ ...begun, sent, report })
  return report
}

/** Clocks differ; what was sent since then is looked at by its comment. */
export const SKEW_MS = 5 * 60_000

type Begun = { tools: PlaybookTools; begun: PlaybookCheckpoint }

async function send(around: Surroundings, playbook: Playbook, { tools, begun }: Begun): Promise<SentCommand> {
  const { job, index, attempt, resumeFrom, signal } = tools
  // An attempt that died before its first checkpoint may have sent it all the same.
  const since = new Date(Date.parse(resumeFrom || attempt === 1 ? begun.begun_at : job.created_at) - SKEW_MS)
  try {
    return await sendOnce(around, { playbook, place: { job, index }, since, signal }, attempt > 1)
  } catch (error) {
    // Of a later attempt it says nothing of what an earlier one may have sent.
    if (error instanceof PlaybookRefused && attempt === 1) await tools.checkpoint({ ...begun, refused: true })
    throw error
  }
}

type Running = { tools: PlaybookTools; begun: PlaybookCheckpoint & { sent: SentCommand } }

async function resultOf(
  around: Surroundings,
  playbook: Playbook,
  { tools, begun }: Running,
): Promise<PlaybookReport> {
  const { signal } = tools
  const { sent } = begun
  try {
    await tools.checkpoint(begun)
    const ended = await awaitEnd(around, {
      sent,
      rate: POLLING,
      signal,
      onLook: (state) => {
        if (!state) return
        const total = isEnded(state) || state.targets > 0 ? state.targets : null
        tools.progress({ done: state.completed, total, unit: 'targets' })
      },
    })
    return await conclude(around, ended, { playbook, sent, signal })
  } catch (error) {
    // Not for a lost claim or the Lambda's end: then another attempt goes on with the command.
    const isAborted = signal.reason instanceof JobAborted
    if (isAborted) await around.commands.cancel(sent.command_id).catch(() => undefined)
    throw signal.aborted ? signal.reason : error
  }
}

type Conclusion = { playbook: Pick<Playbook, 'name' | 'pass'>; sent: SentCommand; signal: AbortSignal }

/** The report of a command that has ended, with the output of the target that is worth a look. */
export async function conclude(
  { commands, clock }: Surroundings,
  ended: Ended,
  { playbook, sent: { command_id }, signal }: Conclusion,
): Promise<PlaybookReport> {
  const target = shownTarget(ended.invocations)
  const output =
    target === undefined
      ? null
      : await askUntil({ clock, rate: POLLING, signal }, () => commands.output(command_id, target, signal))
  return reportOf(ended, { playbook, command_id, output })
}

/** A playbook that is to be repeated is so on the targets that failed: another step, which an abort keeps from starting. */
function nextPass({ pass, retries }: Playbook, { state, targets }: PlaybookReport): NextPass {
  const failed = targets.failed.map(({ target }) => target)
  const repeat = state === 'FAILED' && pass <= retries && failed.length > 0 && failed.length <= MAX_REPEATED
  return { repeat, number: pass, targets: repeat ? failed : [] }
}
