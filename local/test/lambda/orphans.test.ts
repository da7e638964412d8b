import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { functionOf, temporaryDirectory } from './functions.ts'

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
