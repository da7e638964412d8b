import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { EnvironmentRecord } from '#local/lambda/environment-record.ts'
import { createLambdaPool } from '#local/lambda/lambda-pool.ts'
import { identityOf } from '#local/process/identity.ts'
import { eventually } from '../fixtures/eventually.ts'
import { ECHO, functionOf, poolOf, temporaryDirectory, WAITS_FOR_FILE } from './functions.ts'

const POOL = fileURLToPath(new URL('../../lambda/lambda-pool.ts', import.meta.url))
const CONNECTS = `import { connect } from 'node:net'
  export const handler = ({ port }) => new Promise(() => connect(port, '127.0.0.1').on('error', () => {}))`
const RUNTIME = `const [path, options, port] = process.argv.slice(-3)
  const { createLambdaPool } = await import(path)
  await createLambdaPool(JSON.parse(options)).invoke('worker', { port: Number(port) })`

test('kill -9 of the runtime leaves no environment behind', async () => {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const options = { functions: [functionOf(CONNECTS)], logDir: temporaryDirectory() }
  const args = ['--input-type=module', '--eval', RUNTIME, '--', POOL, JSON.stringify(options), String(port)]
  const runtime = spawn(process.execPath, args, { stdio: 'inherit' })
  const [socket]: Socket[] = await once(server, 'connection')
  runtime.kill('SIGKILL')
  // The environment's connection ends with its process.
  socket?.resume()
  await once(socket!, 'close')
  expect(socket?.destroyed).toBe(true)
})

const STUCK = `import { writeFileSync } from 'node:fs'
  export const handler = ({ file }) => { writeFileSync(file, String(process.pid)); for (;;); }`

describe('what an earlier runtime left', () => {
  test('is ended by the next one, also where its code never yields, and told', async () => {
    const record = new EnvironmentRecord(join(temporaryDirectory(), 'environments'))
    const file = join(temporaryDirectory(), 'pid')
    const pool = poolOf([functionOf(STUCK)], { record })
    const call = pool.invoke('worker', { file })
    await eventually(() => expect(Number(readFileSync(file, 'utf8'))).toBeGreaterThan(0))
    const pid = Number(readFileSync(file, 'utf8'))
    expect(await record.endLeft()).toBe(true)
    expect((await call).functionError?.errorType).toBe('Runtime.ExitError')
    expect(identityOf(pid)).toBeUndefined()
  })

  test('is nothing where it ended with nobody at work', async () => {
    const record = new EnvironmentRecord(join(temporaryDirectory(), 'environments'))
    const pool = createLambdaPool({ functions: [functionOf(ECHO)], logDir: temporaryDirectory(), record })
    await pool.invoke('worker', {})
    await pool.close()
    expect(await record.endLeft()).toBe(false)
  })

  test('is something where it ended in mid-work', async () => {
    const record = new EnvironmentRecord(join(temporaryDirectory(), 'environments'))
    const functions = [functionOf(WAITS_FOR_FILE)]
    const pool = createLambdaPool({ functions, logDir: temporaryDirectory(), record })
    const call = pool.invoke('worker', { file: '/nonexistent' })
    await eventually(() => expect(pool.environments()).toMatchObject([{ busy: true }]))
    await pool.close()
    await call
    expect(await record.endLeft()).toBe(true)
  })

  test('leaves alone who has the pid of one that has ended', async () => {
    const path = join(temporaryDirectory(), 'environments')
    writeFileSync(path, `${process.pid} 1\n`)
    expect(await new EnvironmentRecord(path).endLeft()).toBe(true)
  })
})
