import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import type { InvokeResult } from '#local/types.ts'
import { exitError, failure, responseTooLarge, timedOut } from './function-errors.ts'
import {
  type AwsCall,
  type FunctionError,
  type InvocationMessage,
  PAYLOAD_LIMIT,
  type WorkerMessage,
} from './worker-messages.ts'

const INIT_LIMIT_MS = 30_000

type Pending = { requestId: string; answer(result: InvokeResult): void }

/** Turns a child's messages, its end and the clock into exactly one result per invocation. */
export class Conversation {
  gone = false
  readonly ended: Promise<void>
  readonly #child: ChildProcess
  readonly #onCall: (call: AwsCall) => void
  readonly #ready = Promise.withResolvers<FunctionError | undefined>()
  #pending: Pending | undefined

  constructor(child: ChildProcess, onCall: (call: AwsCall) => void = () => undefined) {
    const ended = Promise.withResolvers<void>()
    this.#child = child
    this.#onCall = onCall
    this.ended = ended.promise
    const end = (how: { code: number | null; signal: string | null }): void => {
      this.#end(exitError(this.#pending?.requestId, how))
      ended.resolve()
    }
    child.on('exit', (code, signal) => {
      this.gone = true
      // The last message may still lie in the channel when the process has ended.
      if (child.connected) child.once('disconnect', () => end({ code, signal }))
      else end({ code, signal })
    })
    child.on('error', ({ message }) => end({ code: null, signal: `failed to start: ${message}` }))
    child.on('message', (message: WorkerMessage) => this.#hear(message))
  }

  /** Until the function's module is loaded, or could not be. */
  get started(): Promise<unknown> {
    return this.#ready.promise
  }

  async run(payload: string, timeoutSeconds: number): Promise<InvokeResult> {
    const requestId = randomUUID()
    const failed = await this.#initialised()
    if (failed) return failure(failed)
    if (this.gone) return failure(exitError(requestId, { code: null, signal: 'SIGKILL' }))
    const answer = Promise.withResolvers<InvokeResult>()
    this.#pending = { requestId, answer: answer.resolve }
    const limit = setTimeout(() => this.#timeOut(requestId, timeoutSeconds), timeoutSeconds * 1000)
    const message: InvocationMessage = { requestId, payload, deadline: Date.now() + timeoutSeconds * 1000 }
    // A send that fails is answered by the child's end.
    this.#child.send(message, () => {})
    const result = await answer.promise
    clearTimeout(limit)
    this.#pending = undefined
    return result
  }

  async #initialised(): Promise<FunctionError | undefined> {
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), INIT_LIMIT_MS)
    const failed = await this.#ready.promise
    clearTimeout(limit)
    if (failed) this.gone = true
    return failed
  }

  #hear(message: WorkerMessage): void {
    if (message.kind === 'ready') this.#ready.resolve(undefined)
    else if (message.kind === 'crash') this.#end(message.error)
    else if (message.kind === 'call') this.#onCall(message.call)
    else if (message.requestId === this.#pending?.requestId) this.#pending.answer(resultOf(message))
  }

  #timeOut(requestId: string, seconds: number): void {
    this.gone = true
    this.#pending?.answer(failure(timedOut(requestId, seconds)))
    this.#child.kill('SIGKILL')
  }

  #end(error: FunctionError): void {
    this.gone = true
    this.#ready.resolve(error)
    this.#pending?.answer(failure(error))
  }
}

function resultOf(message: Extract<WorkerMessage, { requestId: string }>): InvokeResult {
  if (message.kind === 'error') return failure(message.error)
  const size = Buffer.byteLength(message.payload)
  return size > PAYLOAD_LIMIT ? failure(responseTooLarge(size)) : { payload: JSON.parse(message.payload) }
}
