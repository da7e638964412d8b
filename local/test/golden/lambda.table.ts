import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { LambdaFunction } from '#local/lambda/lambda-pool.ts'
import { createDeliver } from '#local/runtime/targets.ts'
import { eventually } from '../fixtures/eventually.ts'
import { ECHO, functionOf, poolOf, temporaryDirectory, WAITS_FOR_FILE } from '../lambda/functions.ts'
import type { GoldenRow } from './golden.ts'

const DG = 'https://docs.aws.amazon.com/lambda/latest/dg'
const API = 'https://docs.aws.amazon.com/lambda/latest/api'
const LIFE = `${DG}/lambda-runtime-environment.html`

const invocations: GoldenRow<unknown>[] = [
  {
    behaviour: 'an invocation gets the payload and answers the result of the handler',
    source: `${API}/API_Invoke.html`,
    async check() {
      const pool = poolOf([functionOf(ECHO)])
      expect(await pool.invoke('worker', { a: [1, 'ü'] })).toEqual({ payload: { a: [1, 'ü'] } })
    },
  },
  ...[
    'arn:aws:lambda:us-east-1:000000000000:function:worker',
    'arn:aws:lambda:us-east-1:000000000000:function:worker:$LATEST',
    '000000000000:function:worker',
    'worker:$LATEST',
  ].map((name) => ({
    behaviour: `a function is found as ${name}`,
    source: `${API}/API_Invoke.html`,
    check: () => expect(poolOf([functionOf(ECHO)]).find(name).name).toBe('worker'),
  })),
  {
    behaviour: 'a version is found by its number, and one that was not published is not',
    source: `${API}/API_Invoke.html`,
    check() {
      const pool = poolOf([functionOf(ECHO), functionOf(ECHO, { version: '3' })])
      expect(pool.find('arn:aws:lambda:us-east-1:000000000000:function:worker:3').version).toBe('3')
      expect(() => pool.find('worker:4')).toThrow('Function not found')
    },
  },
  {
    behaviour: 'the handler sees its context, and only the environment of its function',
    source: `${DG}/nodejs-context.html`,
    async check() {
      const source = `export const handler = async (event, context) => ({
        ...context, remaining: context.getRemainingTimeInMillis(), env: process.env })`
      process.env.SECRET_OF_THE_RUNTIME = 'x'
      const pool = poolOf([functionOf(source, { environment: { TABLE: 'jobs' } })])
      const { payload } = await pool.invoke('worker', {})
      delete process.env.SECRET_OF_THE_RUNTIME
      const reserved = { AWS_LAMBDA_FUNCTION_NAME: 'worker', AWS_REGION: 'us-east-1', TZ: ':UTC' }
      expect(payload).toMatchObject({
        awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        functionName: 'worker',
        functionVersion: '$LATEST',
        invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:worker',
        memoryLimitInMB: '128',
        logGroupName: '/aws/lambda/worker',
        env: { TABLE: 'jobs', ...reserved },
      })
      const { remaining, env } = payload as { remaining: number; env: object }
      expect(remaining).toBeGreaterThan(0)
      expect(remaining).toBeLessThanOrEqual(10_000)
      expect(env).not.toHaveProperty('SECRET_OF_THE_RUNTIME')
      expect(env).not.toHaveProperty('NODE_OPTIONS')
    },
  },
  {
    behaviour: 'a free environment is used again, so module state stays warm',
    source: LIFE,
    async check() {
      const pool = poolOf([functionOf('let n = 0; export const handler = async () => ++n')])
      expect((await pool.invoke('worker', {})).payload).toBe(1)
      expect((await pool.invoke('worker', {})).payload).toBe(2)
      expect(pool.environments()).toMatchObject([{ functionName: 'worker', busy: false }])
    },
  },
  {
    behaviour: 'beyond its reserved concurrency a function is throttled by TooManyRequestsException',
    source: `${DG}/configuration-concurrency.html`,
    async check() {
      const pool = poolOf([functionOf(WAITS_FOR_FILE, { reservedConcurrency: 1 })])
      const file = join(temporaryDirectory(), 'go')
      const first = pool.invoke('worker', { file })
      await expect(pool.invoke('worker', {})).rejects.toMatchObject({
        code: 'TooManyRequestsException',
        status: 429,
        fields: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
      })
      writeFileSync(file, '')
      expect((await first).functionError).toBeUndefined()
    },
  },
  {
    behaviour: 'a payload over 6 MB is RequestTooLargeException, and nothing runs',
    source: `${DG}/gettingstarted-limits.html`,
    async check() {
      const pool = poolOf([functionOf(ECHO)])
      const refused = { code: 'RequestTooLargeException', status: 413 }
      await expect(pool.invoke('worker', 'x'.repeat(6 * 1024 * 1024))).rejects.toMatchObject(refused)
      expect(pool.environments()).toEqual([])
    },
  },
]

const OOM =
  'export const handler = async () => { const a = []; for (;;) a.push(new Array(1e5).fill(a.length)) }'

const crashes: [what: string, source: string, type: string, message: string][] = [
  ['a process.exit', 'export const handler = () => process.exit(3)', 'Runtime.ExitError', 'exit status 3'],
  [
    'a clean exit',
    'export const handler = () => process.exit(0)',
    'Runtime.ExitError',
    'without providing a reason',
  ],
  [
    'a kill',
    "export const handler = () => process.kill(process.pid, 'SIGKILL')",
    'Runtime.ExitError',
    'killed',
  ],
  ['too little memory', OOM, 'Runtime.ExitError', 'signal'],
  [
    'an uncaught error',
    'export const handler = () => new Promise(() => setImmediate(() => { throw new TypeError("late") }))',
    'TypeError',
    'late',
  ],
  [
    'an unhandled rejection',
    'export const handler = () => new Promise(() => { Promise.reject(new Error("lost")) })',
    'Runtime.UnhandledPromiseRejection',
    'lost',
  ],
]

const failsTwice = ([what, source, errorType, message]: (typeof crashes)[number]): GoldenRow<unknown> => ({
  behaviour: `${what} fails the invocation as ${errorType}, and the next one gets a new environment`,
  source: LIFE,
  async check() {
    const pool = poolOf([functionOf(source, { memoryMb: 32 })])
    for (const _try of [1, 2]) {
      const { functionError } = await pool.invoke('worker', {})
      expect(functionError).toMatchObject({ errorType, errorMessage: expect.stringContaining(message) })
    }
  },
})

type Start = [what: string, source: string, changes: Partial<LambdaFunction>, type: string, message: string]
const starts: Start[] = [
  ['a module that throws', 'throw new RangeError("no table")', {}, 'RangeError', 'no table'],
  [
    'a missing module',
    ECHO,
    { handler: 'main.handler' },
    'Runtime.ImportModuleError',
    "Cannot find module 'main'",
  ],
  ['a missing export', ECHO, { handler: 'index.run' }, 'Runtime.HandlerNotFound', 'index.run is undefined'],
  ['an exit while loading', 'process.exit(7)', {}, 'Runtime.ExitError', 'exit status 7'],
]

const failsAtStart = ([what, source, changes, errorType, message]: Start): GoldenRow<unknown> => ({
  behaviour: `${what} fails the invocation at its start as ${errorType}`,
  source: LIFE,
  async check() {
    const { functionError } = await poolOf([functionOf(source, changes)]).invoke('worker', {})
    expect(functionError).toMatchObject({ errorType, errorMessage: expect.stringContaining(message) })
  },
})

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const failures: GoldenRow<unknown>[] = [
  {
    behaviour: 'a thrown error is the function error, its name the type, and the environment stays',
    source: `${DG}/nodejs-exceptions.html`,
    async check() {
      const source = `export const handler = async () => {
        throw Object.assign(new Error('stopped by me'), { name: 'OrderCancelled' }) }`
      const pool = poolOf([functionOf(source)])
      const { payload, functionError } = await pool.invoke('worker', {})
      expect(payload).toBeNull()
      expect(functionError).toMatchObject({ errorType: 'OrderCancelled', errorMessage: 'stopped by me' })
      expect(functionError?.stackTrace?.join('\n')).toContain('index.mjs')
      expect(pool.environments()).toHaveLength(1)
    },
  },
  ...crashes.map(failsTwice),
  ...starts.map(failsAtStart),
  {
    behaviour: 'a function that exceeds its time is killed and fails as Sandbox.Timedout',
    source: `${DG}/configuration-timeout.html`,
    async check() {
      const source = `import { writeFileSync } from 'node:fs'
        export const handler = async ({ file }) => {
          writeFileSync(file, String(process.pid))
          for (;;) ;
        }`
      const pool = poolOf([functionOf(source, { timeoutSeconds: 0.5 })])
      const file = join(temporaryDirectory(), 'pid')
      const { functionError } = await pool.invoke('worker', { file })
      expect(functionError?.errorType).toBe('Sandbox.Timedout')
      const message = /^RequestId: [0-9a-f-]{36} Error: Task timed out after 0.50 seconds$/
      expect(functionError?.errorMessage).toMatch(message)
      const pid = Number(readFileSync(file, 'utf8'))
      await eventually(() => expect(alive(pid)).toBe(false))
      expect(pool.environments()).toEqual([])
    },
  },
  ...[
    ['a result over 6 MB', '"x".repeat(6 * 1024 * 1024)', 'Function.ResponseSizeTooLarge'],
    ['a result that is no JSON', '1n', 'Runtime.MarshalError'],
  ].map(([what, result, errorType]) => ({
    behaviour: `${what} is the function error ${errorType}`,
    source: `${DG}/gettingstarted-limits.html`,
    async check() {
      const pool = poolOf([functionOf(`export const handler = async () => ${result}`)])
      expect((await pool.invoke('worker', {})).functionError?.errorType).toBe(errorType)
    },
  })),
]

const FAILURE = { payload: null, functionError: { errorType: 'Error', errorMessage: 'as asked' } }

const delivered = (fails: number, runs: number, letters: number): GoldenRow<unknown> => ({
  behaviour: `an event whose function fails ${fails} times is tried ${runs} times, with ${letters} dead letters`,
  source: `${DG}/invocation-async-error-handling.html`,
  async check() {
    const answers = Array.from({ length: fails }, () => FAILURE)
    const dead: string[] = []
    let invoked = 0
    const invoke = async () => {
      invoked += 1
      return answers.shift() ?? { payload: null }
    }
    const queues = { send: (_queue: string, body: string) => String(dead.push(body)) }
    const deliver = createDeliver({ lambda: { invoke }, queues, log: () => undefined, retryDelaysMs: [1, 1] })
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f'
    await deliver({ id: 'Target0', arn, deadLetterArn: 'arn:dead' }, { id: 'e1' })
    expect([invoked, dead]).toEqual([runs, Array.from({ length: letters }, () => '{"id":"e1"}')])
  },
})

/** What an invocation answers, how it fails, and how an event is tried again. */
export const LAMBDA: GoldenRow<unknown>[] = [
  ...invocations,
  ...failures,
  delivered(0, 1, 0),
  delivered(2, 3, 0),
  delivered(3, 3, 1),
]
