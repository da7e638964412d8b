import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test, vi } from 'vitest'
import { temporaryFolder } from '../fixtures/assembly.ts'
import { eventually } from '../fixtures/eventually.ts'
import { NODE, startSsm } from './start.ts'

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    // One that has ended keeps its pid until somebody asks for its exit.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** The pid that a script writes into a file. */
const pidIn = (file: string): Promise<number> =>
  eventually(() => {
    const pid = Number(readFileSync(file, 'utf8'))
    if (!pid) throw new Error('not written yet')
    return pid
  })

const gone = (pid: number): Promise<void> =>
  eventually(() => {
    if (isAlive(pid)) throw new Error(`${pid} lives`)
  })

test('commands are refused until they are switched on, and the switch is named', async () => {
  const { call, send } = startSsm({ runCommands: false, setting: '--run-commands' })
  const refused = { code: 'AccessDeniedException', message: expect.stringContaining('--run-commands') }
  await expect(send(['true'])).rejects.toMatchObject(refused)
  expect((await call('ListCommands')).Commands).toEqual([])
})

test('an operation that does not run here is refused by name', async () => {
  const { call } = startSsm()
  await expect(call('StartSession')).rejects.toMatchObject({ code: 'UnknownOperationException' })
})

test('a cancel ends the whole process group, first by TERM', async () => {
  const { send, ended, call, output } = startSsm()
  const file = join(temporaryFolder(), 'pid')
  const id = await send(['trap "echo tidied; exit 1" TERM', `sleep 60 & echo $! > ${file}`, 'wait'])
  const pid = await pidIn(file)
  await call('CancelCommand', { CommandId: id })
  expect(await ended(id)).toMatchObject({ Status: 'Cancelled' })
  expect((await output(id)).StandardOutputContent).toBe('tidied\n')
  await gone(pid)
})

test('a script that does not hear TERM is Cancelling until it is killed', async () => {
  const { send, ended, call, command } = startSsm()
  const file = join(temporaryFolder(), 'pid')
  const id = await send(['trap "" TERM', `echo $$ > ${file}`, 'while true; do sleep 0.1; done'])
  const pid = await pidIn(file)
  await call('CancelCommand', { CommandId: id })
  expect(await command(id)).toMatchObject({ Status: 'Cancelling' })
  expect(await ended(id)).toMatchObject({ Status: 'Cancelled' })
  await gone(pid)
}, 30_000)

test('what a script leaves running ends with it', async () => {
  const { send, ended } = startSsm()
  const file = join(temporaryFolder(), 'pid')
  const id = await send([`sleep 60 & echo $! > ${file}`])
  expect(await ended(id)).toMatchObject({ Status: 'Success' })
  await gone(await pidIn(file))
})

test('commands and their output survive a restart; what was running has failed and says why', async () => {
  const first = startSsm()
  const done = await first.send(['echo kept'])
  await first.ended(done)
  const cut = await first.send(['sleep 60'])
  await first.running(cut)
  first.close()
  const again = startSsm({ dataDir: first.dataDir })
  expect(await again.output(done)).toMatchObject({ Status: 'Success', StandardOutputContent: 'kept\n' })
  expect(await again.command(cut)).toMatchObject({ Status: 'Failed' })
  const { ResponseCode, StandardErrorContent } = await again.output(cut)
  expect([ResponseCode, StandardErrorContent]).toEqual([-1, expect.stringContaining('cut off')])
})

test('a kill of the runtime takes the scripts with it, and the next start says so', async () => {
  const dataDir = temporaryFolder()
  const file = join(temporaryFolder(), 'pid')
  const child = spawn(process.execPath, [
    join(import.meta.dirname, 'serve.ts'),
    dataDir,
    `echo $$ > ${file}; sleep 60`,
  ])
  onTestFinished(() => void child.kill('SIGKILL'))
  const [id] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const pid = await pidIn(file)
  child.kill('SIGKILL')
  await gone(pid)
  expect(await startSsm({ dataDir }).command(id)).toMatchObject({ Status: 'Failed' })
})

test('a command whose folder cannot be written has failed, and the log says why', async () => {
  const lines: string[] = []
  const { send, ended, output, dataDir } = startSsm({ log: (line) => void lines.push(line) })
  writeFileSync(join(dataDir, 'ssm', 'run'), 'a file in its place')
  const id = await send(['true'])
  expect(await ended(id)).toMatchObject({ Status: 'Failed' })
  expect((await output(id)).StandardErrorContent).toContain('ENOTDIR')
  await eventually(() => expect(lines.join()).toContain(`${id} could not be run to its end`))
})

test('without ansible a playbook fails, and its output says what is missing', async () => {
  vi.stubEnv('PATH', emptyPath())
  onTestFinished(() => void vi.unstubAllEnvs())
  const { send, ended, output } = startSsm()
  const id = await send([], { DocumentName: 'AWS-ApplyAnsiblePlaybooks', Parameters: {} })
  expect(await ended(id)).toMatchObject({ Status: 'Failed' })
  const { ResponseCode, StandardErrorContent } = await output(id, NODE, { PluginName: 'runShellScript' })
  expect(ResponseCode).toBe(127)
  expect(StandardErrorContent).toMatch(/ansible-playbook is not installed/)
})

test('a playbook comes out of a bucket and is run by ansible with its variables', async () => {
  const folder = emptyPath()
  const ansible = join(folder, 'ansible-playbook')
  writeFileSync(ansible, '#!/bin/sh\necho "$@"; cat play.yml\n')
  chmodSync(ansible, 0o700)
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
  onTestFinished(() => void vi.unstubAllEnvs())
  const { send, ended, output } = startSsm({ awsUrl: await bucketWith('- hosts: all\n') })
  const Parameters = {
    SourceType: ['S3'],
    SourceInfo: ['{"path": "https://s3.amazonaws.com/playbooks/play.yml"}'],
    PlaybookFile: ['play.yml'],
    ExtraVariables: ['vlan=7'],
  }
  const id = await send([], { DocumentName: 'AWS-ApplyAnsiblePlaybooks', Parameters })
  expect(await ended(id)).toMatchObject({ Status: 'Success' })
  const { StandardOutputContent } = await output(id, NODE, { PluginName: 'runShellScript' })
  expect(StandardOutputContent).toBe('-i localhost, -c local -e vlan=7 -v play.yml\n- hosts: all\n')
})

test.each([
  ['GitHub', '{}', /content of GitHub is not downloaded here/],
  ['S3', '{"path": "https://s3.amazonaws.com/playbooks/gone.yml"}', /answered 404/],
])('content of %s at %s that cannot be had fails the invocation', async (type, info, why) => {
  const { send, ended, output } = startSsm({ awsUrl: await bucketWith('') })
  const Parameters = { SourceType: [type], SourceInfo: [info] }
  const id = await send([], { DocumentName: 'AWS-ApplyAnsiblePlaybooks', Parameters })
  expect(await ended(id)).toMatchObject({ Status: 'Failed' })
  const { StandardErrorContent } = await output(id, NODE, { PluginName: 'downloadContent' })
  expect(StandardErrorContent).toMatch(why)
})

test('scripts run where workingDirectory says, with nothing of this process in their environment', async () => {
  vi.stubEnv('SECRET_OF_THE_RUNTIME', 'x')
  onTestFinished(() => void vi.unstubAllEnvs())
  const directory = join(temporaryFolder(), 'work')
  mkdirSync(directory)
  const { send, ended, output, dataDir } = startSsm()
  const Parameters = { commands: ['pwd', 'env'], workingDirectory: [directory] }
  const id = await send([], { Parameters })
  await ended(id)
  const { StandardOutputContent } = await output(id)
  expect(StandardOutputContent).toContain(`${directory}\n`)
  expect(StandardOutputContent).not.toContain('SECRET_OF')
  await eventually(() => expect(existsSync(join(dataDir, 'ssm/run', id))).toBe(false))
})

/** A folder with the few programs that scripts here need, and no ansible. */
function emptyPath(): string {
  const folder = join(temporaryFolder(), 'bin')
  mkdirSync(folder)
  const cat = join(folder, 'cat')
  writeFileSync(cat, '#!/bin/sh\nexec /bin/cat "$@"\n')
  chmodSync(cat, 0o700)
  return folder
}

/** A store that has one object. */
async function bucketWith(text: string): Promise<string> {
  const server = createServer((req, res) => {
    const found = req.url === '/playbooks/play.yml'
    res.writeHead(found ? 200 : 404).end(found ? text : '')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
