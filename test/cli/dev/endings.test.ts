import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, test } from 'vitest'
import { until } from '../../scenarios/poll.ts'
import { allProcesses, processTree } from '../../scenarios/processes.ts'

const ROOT = join(import.meta.dirname, '../../..')
const PROGRAM = `const { onEndings } = await import(${JSON.stringify(join(ROOT, 'cli/dev/endings.ts'))})
  onEndings({ first: () => console.log('first'), again: () => console.log('again') })
  process.on('SIGUSR2', () => console.log('still here'))
  setInterval(() => {}, 1000)
  console.log(process.pid)`

const started: number[] = []
afterEach(() => {
  for (const pid of started.splice(0)) if (allProcesses().includes(pid)) process.kill(pid, 'SIGKILL')
})

/** The program below a shell that waits for it, and what it prints. */
async function start() {
  const shell = spawn(
    'sh',
    ['-c', `"$0" "$@"; true`, process.execPath, '--input-type=module', '-e', PROGRAM],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const lines = createInterface({ input: shell.stdout! })[Symbol.asyncIterator]()
  const pid = Number((await lines.next()).value)
  started.push(pid)
  return { shell, pid, next: async () => (await lines.next()).value as string | undefined }
}

describe('a program in the foreground', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends by %s', async (signal) => {
    const { pid, next } = await start()
    process.kill(pid, signal)
    expect(await next()).toBe('first')
  })

  test('ends when whoever started it was killed', async () => {
    const { shell, next } = await start()
    shell.kill('SIGKILL')
    expect(await next()).toBe('first')
  })

  test('takes one signal that comes twice at the same time for one', async () => {
    const { pid, next } = await start()
    process.kill(pid, 'SIGINT')
    process.kill(pid, 'SIGTERM')
    process.kill(pid, 'SIGUSR2')
    expect([await next(), await next()]).toEqual(['first', 'still here'])
  })

  test('hears of a later one as of another', async () => {
    const { pid, next } = await start()
    process.kill(pid, 'SIGINT')
    expect(await next()).toBe('first')
    const repeat = setInterval(() => process.kill(pid, 'SIGINT'), 100)
    expect(await next()).toBe('again')
    clearInterval(repeat)
  })
})

describe('npm start', () => {
  // In the background of a script it is npm alone that hears of the end.
  test.each<[string, (npm: number) => void]>([
    ['TERM to npm', (npm) => void process.kill(npm, 'SIGTERM')],
    ['a kill of npm', (npm) => void process.kill(npm, 'SIGKILL')],
    ['the end of its terminal', (npm) => void process.kill(-npm, 'SIGHUP')],
  ])('leaves no process behind after %s (W7)', async (_, end) => {
    const folder = mkdtempSync(join(tmpdir(), 'standdown-ends-'))
    const ports = { STANDDOWN_DATA: folder, STANDDOWN_API_PORT: '0', STANDDOWN_AWS_PORT: '0' }
    const npm = spawn('npm', ['start'], {
      cwd: ROOT,
      env: { ...process.env, ...ports },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    })
    started.push(npm.pid!)
    for await (const line of createInterface({ input: npm.stdout! })) if (line.startsWith('# start')) break
    const below = processTree(npm.pid!)
    expect(below.length).toBeGreaterThan(2)
    const exit = once(npm, 'exit')
    end(npm.pid!)
    await exit
    const ended = () => !below.some((pid) => allProcesses().includes(pid))
    await until('the end of all processes', async () => ended() || null)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
})
