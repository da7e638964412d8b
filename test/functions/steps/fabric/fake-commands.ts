import {
  type CommandRequest,
  type CommandState,
  type Commands,
  type Invocation,
  isEnded,
  type Output,
  SendUnanswered,
} from '#functions/steps/fabric/command/commands.ts'
import type { Clock } from '#functions/steps/fabric/command/pace.ts'

/** A clock that only its sleepers move. */
export class FakeClock implements Clock {
  #now = Date.parse('2026-11-26T10:00:00Z')
  readonly pauses: number[] = []

  now(): number {
    return this.#now
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    this.pauses.push(ms)
    this.#now += ms
    await new Promise((resolve) => setImmediate(resolve))
    signal.throwIfAborted()
  }
}

/** What the targets of a command say, so many milliseconds after it was sent or, if it was, cancelled. */
export type Script = (at: { ms: number; sinceCancel: number | null }) => Invocation[]

export const invocation = (target: string, status: string, details = status): Invocation => ({
  target,
  status,
  details,
})

type Sent = CommandRequest & { id: string; at: number; cancelledAt: number | null }

/** Run Command, whose targets do what a script says, on a clock of its own. */
export class FakeCommands implements Commands {
  readonly clock = new FakeClock()
  readonly sent: Sent[] = []
  readonly cancels: number[] = []
  script: Script
  /** Lists show a command only so long after it was sent. */
  lagMs = 0
  /** How many targets a command says that it has. @default as many as are listed */
  targets: number | null = null
  /** Called before each call: what it throws is what the call throws. */
  onCall: (call: string) => void = () => undefined
  /** Replies of SendCommand that are lost, after or before it was done. */
  lose: ('reply' | 'request')[] = []
  commandStatus: (invocations: Invocation[]) => [status: string, details?: string] = ofInvocations
  outputs: Record<string, Output> = {}

  constructor(script: Script = () => [invocation('i-1', 'Success')]) {
    this.script = script
  }

  async send(request: CommandRequest): Promise<string> {
    this.onCall('send')
    const lost = this.lose.shift()
    if (lost === 'request') throw new SendUnanswered('the reply was lost')
    const id = `command-${this.sent.length + 1}`
    this.sent.push({ ...request, id, at: this.clock.now(), cancelledAt: null })
    if (lost) throw new SendUnanswered('the reply was lost')
    return id
  }

  async find(commentStart: string): Promise<CommandState[]> {
    this.onCall('find')
    const shown = this.sent.filter((sent) => this.#isShown(sent) && sent.comment.startsWith(commentStart))
    return shown.map((sent) => this.#stateOf(sent))
  }

  async state(id: string): Promise<CommandState | undefined> {
    this.onCall('state')
    const sent = this.#shown(id)
    return sent && this.#stateOf(sent)
  }

  async invocations(id: string): Promise<Invocation[]> {
    this.onCall('invocations')
    const sent = this.#shown(id)
    return sent ? this.#tell(sent) : []
  }

  async output(_id: string, target: string): Promise<Output | null> {
    this.onCall('output')
    return this.outputs[target] ?? null
  }

  async cancel(id: string): Promise<void> {
    this.onCall('cancel')
    this.cancels.push(this.clock.now())
    const sent = this.sent.find((each) => each.id === id)
    if (sent) sent.cancelledAt ??= this.clock.now()
  }

  async timeoutParameter(document: string): Promise<string | null> {
    this.onCall('timeoutParameter')
    return (
      { 'AWS-RunShellScript': 'executionTimeout', 'AWS-ApplyAnsiblePlaybooks': 'TimeoutSeconds' }[document] ??
      null
    )
  }

  #isShown = ({ at }: Sent): boolean => this.clock.now() - at >= this.lagMs
  #shown = (id: string): Sent | undefined => this.sent.find((sent) => sent.id === id && this.#isShown(sent))

  #tell({ at, cancelledAt }: Sent): Invocation[] {
    const now = this.clock.now()
    return this.script({ ms: now - at, sinceCancel: cancelledAt === null ? null : now - cancelledAt })
  }

  #stateOf(sent: Sent): CommandState {
    const invocations = this.#tell(sent)
    const [status, details = status] = this.commandStatus(invocations)
    const completed = invocations.filter(isEnded).length
    return { id: sent.id, status, details, targets: this.targets ?? invocations.length, completed }
  }
}

function ofInvocations(invocations: Invocation[]): [string, string?] {
  if (invocations.length === 0) return ['Failed', 'NoInstancesInTag']
  const open = invocations.find((each) => !isEnded(each))
  if (open) return [open.status]
  const worst = invocations.find(({ status }) => status !== 'Success')
  return [worst?.status ?? 'Success']
}
