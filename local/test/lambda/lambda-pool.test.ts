import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../fixtures/eventually.ts'
import { ECHO, functionOf, poolOf, temporaryDirectory, WAITS_FOR_FILE } from './functions.ts'

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('an unknown function is refused by name', async () => {
  const error = { code: 'ResourceNotFoundException', status: 404, message: 'Function not found: nobody' }
  await expect(poolOf([functionOf(ECHO)]).invoke('nobody', {})).rejects.toMatchObject(error)
})

test('invocations at the same time run in environments of their own', async () => {
  const pool = poolOf([functionOf(WAITS_FOR_FILE)])
  const file = join(temporaryDirectory(), 'go')
  const running = [1, 2, 3].map(() => pool.invoke('worker', { file }))
  await eventually(() => expect(pool.environments().map(({ busy }) => busy)).toEqual([true, true, true]))
  writeFileSync(file, '')
  const pids = (await Promise.all(running)).map(({ payload }) => payload)
  expect(new Set(pids).size).toBe(3)
})

test('what is done soon goes to the environments that there are', async () => {
  const pool = poolOf([functionOf(WAITS_FOR_FILE)])
  const running = Array.from({ length: 40 }, () => pool.invoke('worker', {}))
  const pids = (await Promise.all(running)).map(({ payload }) => payload)
  expect(new Set(pids).size).toBeLessThanOrEqual(Math.max(2, availableParallelism()))
})

test('an environment that stays idle is reaped', async () => {
  const pool = poolOf([functionOf(WAITS_FOR_FILE)], { idleMs: 1 })
  const { payload: pid } = await pool.invoke('worker', {})
  await eventually(() => expect(alive(pid as number)).toBe(false))
  expect(pool.environments()).toEqual([])
})

test('at the limit invocations wait, and another function still gets an environment', async () => {
  const directory = temporaryDirectory()
  const busy = functionOf(WAITS_FOR_FILE, { name: 'busy' }, directory)
  const other = functionOf(ECHO, { name: 'other' }, directory)
  const pool = poolOf([busy, other], { maxEnvironments: 3 })
  const file = join(directory, 'go')
  const running = [1, 2, 3, 4, 5].map(() => pool.invoke('busy', { file }))
  await eventually(() => expect(pool.environments()).toHaveLength(2))
  expect((await pool.invoke('other', 'hello')).payload).toBe('hello')
  writeFileSync(file, '')
  const pids = (await Promise.all(running)).map(({ payload }) => payload)
  expect(new Set(pids).size).toBeLessThanOrEqual(2)
})

test('a code folder that is not there is told, not waited for', async () => {
  const { functionError } = await poolOf([functionOf(ECHO, { codeDir: '/nowhere' })]).invoke('worker', {})
  expect(functionError?.errorMessage).toContain('failed to start')
})

test('what a function prints is in its log file', async () => {
  const pool = poolOf([functionOf('export const handler = async () => console.log("copied 3 objects")')])
  await pool.invoke('worker', {})
  const file = join(pool.logDir, 'worker.log')
  await eventually(() => expect(readFileSync(file, 'utf8')).toContain('copied 3 objects'))
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

test('after its environment was killed from outside the running invocation fails and the pool goes on', async () => {
  const pool = poolOf([functionOf(WAITS_FOR_FILE)])
  const { payload: pid } = await pool.invoke('worker', {})
  const running = pool.invoke('worker', { file: '/never' })
  process.kill(pid as number, 'SIGKILL')
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

test('code that is replaced runs from the next invocation on; what is under way ends in the old one', async () => {
  const file = join(temporaryDirectory(), 'go')
  const old = functionOf(WAITS_FOR_FILE)
  const versions = [1, 2].map((number) => ({ ...old, arn: `${old.arn}:${number}`, version: String(number) }))
  const pool = poolOf([old, ...versions])
  const [first, , newest] = await Promise.all(
    ['worker:1', 'worker', 'worker:2'].map((fn) => pool.invoke(fn, {})),
  )
  const underWay = pool.invoke('worker:2', { file })
  await eventually(() => expect(pool.environments().some(({ busy }) => busy)).toBe(true))
  pool.replaceCode('worker', functionOf('export const handler = async () => "new"').codeDir)
  expect((await pool.invoke('worker', {})).payload).toBe('new')
  expect((await pool.invoke('worker:2', {})).payload).toBe('new')
  writeFileSync(file, '')
  expect((await underWay).payload).toBe(newest?.payload)
  expect((await pool.invoke('worker:2', {})).payload).toBe('new')
  expect((await pool.invoke('worker:1', {})).payload).toBe(first?.payload)
  expect(() => pool.replaceCode('nobody', '.')).toThrow('Function not found: nobody')
})
