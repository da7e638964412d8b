import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { ECHO, functionOf, poolOf, temporaryDirectory, WAITS_FOR_FILE } from './functions.ts'

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('an invocation gets the payload and answers the result of the handler', async () => {
  const pool = poolOf([functionOf(ECHO)])
  expect(await pool.invoke('worker', { a: [1, 'ü'] })).toEqual({ payload: { a: [1, 'ü'] } })
})

test.each([
  'arn:aws:lambda:us-east-1:000000000000:function:worker',
  'arn:aws:lambda:us-east-1:000000000000:function:worker:$LATEST',
  'arn:aws:lambda:us-east-1:000000000000:function:worker:3',
  '000000000000:function:worker',
  'worker:$LATEST',
])('a function is found as %s', async (name) => {
  expect(poolOf([functionOf(ECHO)]).find(name).name).toBe('worker')
})

test('an unknown function is refused by name', async () => {
  const error = { code: 'ResourceNotFoundException', status: 404, message: 'Function not found: nobody' }
  await expect(poolOf([functionOf(ECHO)]).invoke('nobody', {})).rejects.toMatchObject(error)
})

test('the handler sees the context and only the environment of its function', async () => {
  const source = `export const handler = async (event, context) => ({
    ...context, remaining: context.getRemainingTimeInMillis(), env: process.env })`
  process.env.SECRET_OF_THE_RUNTIME = 'x'
  const pool = poolOf([functionOf(source, { environment: { TABLE: 'jobs' } })])
  const { payload } = await pool.invoke('worker', {})
  delete process.env.SECRET_OF_THE_RUNTIME
  expect(payload).toMatchObject({
    awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    functionName: 'worker',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:worker',
    memoryLimitInMB: '128',
    logGroupName: '/aws/lambda/worker',
    env: { TABLE: 'jobs', AWS_LAMBDA_FUNCTION_NAME: 'worker', AWS_REGION: 'us-east-1', TZ: ':UTC' },
  })
  const { remaining, env } = payload as { remaining: number; env: object }
  expect(remaining).toBeGreaterThan(0)
  expect(remaining).toBeLessThanOrEqual(10_000)
  expect(env).not.toHaveProperty('SECRET_OF_THE_RUNTIME')
  expect(env).not.toHaveProperty('NODE_OPTIONS')
})

test('a free environment is used again, so module state stays warm', async () => {
  const pool = poolOf([functionOf('let n = 0; export const handler = async () => ++n')])
  expect((await pool.invoke('worker', {})).payload).toBe(1)
  expect((await pool.invoke('worker', {})).payload).toBe(2)
  expect(pool.environments()).toMatchObject([{ functionName: 'worker', busy: false }])
})

test('invocations at the same time run in environments of their own', async () => {
  const pool = poolOf([functionOf(WAITS_FOR_FILE)])
  const file = join(temporaryDirectory(), 'go')
  const running = [1, 2, 3].map(() => pool.invoke('worker', { file }))
  expect(pool.environments().map(({ busy }) => busy)).toEqual([true, true, true])
  writeFileSync(file, '')
  const pids = (await Promise.all(running)).map(({ payload }) => payload)
  expect(new Set(pids).size).toBe(3)
})

test('an environment that stays idle is reaped', async () => {
  const pool = poolOf([functionOf(WAITS_FOR_FILE)], { idleMs: 1 })
  const { payload: pid } = await pool.invoke('worker', {})
  await vi.waitFor(() => expect(alive(pid as number)).toBe(false), 5_000)
  expect(pool.environments()).toEqual([])
})

test('at the limit invocations wait, and another function still gets an environment', async () => {
  const directory = temporaryDirectory()
  const busy = functionOf(WAITS_FOR_FILE, { name: 'busy' }, directory)
  const other = functionOf(ECHO, { name: 'other' }, directory)
  const pool = poolOf([busy, other], { maxEnvironments: 3 })
  const file = join(directory, 'go')
  const running = [1, 2, 3, 4, 5].map(() => pool.invoke('busy', { file }))
  expect(pool.environments()).toHaveLength(2)
  expect((await pool.invoke('other', 'hello')).payload).toBe('hello')
  writeFileSync(file, '')
  const pids = (await Promise.all(running)).map(({ payload }) => payload)
  expect(new Set(pids).size).toBeLessThanOrEqual(2)
})

test('beyond its reserved concurrency a function is throttled', async () => {
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
})

test('a thrown error becomes the function error, with its name as the type, and the environment stays', async () => {
  const source = `export const handler = async () => {
    throw Object.assign(new Error('stopped by me'), { name: 'JobAborted' }) }`
  const pool = poolOf([functionOf(source)])
  const { payload, functionError } = await pool.invoke('worker', {})
  expect(payload).toBeNull()
  expect(functionError).toMatchObject({ errorType: 'JobAborted', errorMessage: 'stopped by me' })
  expect(functionError?.stackTrace?.join('\n')).toContain('index.mjs')
  expect(pool.environments()).toHaveLength(1)
})

const OOM =
  'export const handler = async () => { const a = []; for (;;) a.push(new Array(1e5).fill(a.length)) }'
test.each([
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
])(
  '%s fails the invocation and the next one gets a new environment',
  async (_title, source, type, message) => {
    const pool = poolOf([functionOf(source, { memoryMb: 32 })])
    for (const _attempt of [1, 2]) {
      const { functionError } = await pool.invoke('worker', {})
      expect(functionError).toMatchObject({ errorType: type, errorMessage: expect.stringContaining(message) })
    }
  },
)

test.each([
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
])('%s fails the invocation at its start', async (_title, source, changes, type, message) => {
  const { functionError } = await poolOf([functionOf(source, changes)]).invoke('worker', {})
  expect(functionError).toMatchObject({ errorType: type, errorMessage: expect.stringContaining(message) })
})

test('a code folder that is not there is told, not waited for', async () => {
  const { functionError } = await poolOf([functionOf(ECHO, { codeDir: '/nowhere' })]).invoke('worker', {})
  expect(functionError?.errorMessage).toContain('failed to start')
})

test('a task that exceeds its time is killed and named as Lambda does', async () => {
  const source = `import { writeFileSync } from 'node:fs'
    export const handler = async ({ file }) => {
      writeFileSync(file, String(process.pid))
      for (;;) ;
    }`
  const pool = poolOf([functionOf(source, { timeoutSeconds: 0.5 })])
  const file = join(temporaryDirectory(), 'pid')
  const { functionError } = await pool.invoke('worker', { file })
  expect(functionError?.errorType).toBe('Sandbox.Timedout')
  expect(functionError?.errorMessage).toMatch(
    /^RequestId: [0-9a-f-]{36} Error: Task timed out after 0.50 seconds$/,
  )
  const pid = Number(readFileSync(file, 'utf8'))
  await vi.waitFor(() => expect(alive(pid)).toBe(false), 5_000)
  expect(pool.environments()).toEqual([])
})

test.each([
  ['a result over 6 MB', '"x".repeat(6 * 1024 * 1024)', 'Function.ResponseSizeTooLarge'],
  ['a result that is no JSON', '1n', 'Runtime.MarshalError'],
])('%s is a function error', async (_title, result, type) => {
  const pool = poolOf([functionOf(`export const handler = async () => ${result}`)])
  expect((await pool.invoke('worker', {})).functionError?.errorType).toBe(type)
})

test('a payload over 6 MB is refused before it runs', async () => {
  const pool = poolOf([functionOf(ECHO)])
  await expect(pool.invoke('worker', 'x'.repeat(6 * 1024 * 1024))).rejects.toMatchObject({
    code: 'RequestTooLargeException',
    status: 413,
  })
  expect(pool.environments()).toEqual([])
})

test('what a function prints is in its log file', async () => {
  const pool = poolOf([functionOf('export const handler = async () => console.log("copied 3 objects")')])
  await pool.invoke('worker', {})
  const file = join(pool.logDir, 'worker.log')
  await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toContain('copied 3 objects'), 5_000)
})

test.each(['SIGINT', 'SIGTERM'] as const)('a %s to the whole group ends no environment', async (signal) => {
  const pool = poolOf([functionOf(WAITS_FOR_FILE)])
  const file = join(temporaryDirectory(), 'go')
  const { payload: pid } = await pool.invoke('worker', {})
  const running = pool.invoke('worker', { file })
  process.kill(pid as number, signal)
  writeFileSync(file, '')
  expect(await running).toEqual({ payload: pid })
  expect(await pool.invoke('worker', {})).toEqual({ payload: pid })
})

test('after all environments were killed the running invocation fails and the pool goes on', async () => {
  const pool = poolOf([functionOf(WAITS_FOR_FILE)])
  const { payload: pid } = await pool.invoke('worker', {})
  const running = pool.invoke('worker', { file: '/never' })
  pool.killAll()
  expect((await running).functionError?.errorMessage).toContain('signal: killed')
  expect((await pool.invoke('worker', {})).payload).not.toBe(pid)
})

test('closing ends every child, fails what runs and refuses what waits', async () => {
  const pool = poolOf([functionOf(WAITS_FOR_FILE)], { maxEnvironments: 1 })
  const { payload: pid } = await pool.invoke('worker', {})
  const running = pool.invoke('worker', { file: '/never' })
  const waiting = expect(pool.invoke('worker', {})).rejects.toThrow('the Lambda pool is closed')
  await pool.close()
  await waiting
  expect((await running).functionError?.errorType).toBe('Runtime.ExitError')
  expect(alive(pid as number)).toBe(false)
  await expect(pool.invoke('worker', {})).rejects.toThrow('the Lambda pool is closed')
})
