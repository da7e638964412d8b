import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'
import { openDataFolder } from '#local/runtime/data-folder.ts'
import { temporaryFolder } from '../fixtures/assembly.ts'
import { eventually } from '../fixtures/eventually.ts'

const open = (directory: string) => openDataFolder(directory, { marker: 'mark.json', setting: 'MY_FOLDER' })

describe('the data folder', () => {
  test('belongs to one process at a time', () => {
    const directory = temporaryFolder()
    const release = open(directory)
    expect(() => open(directory)).toThrow(`is in use by process ${process.pid}`)
    release()
    open(directory)()
  })

  test('is closed to others, also where it was open to them', () => {
    const directory = temporaryFolder()
    chmodSync(directory, 0o755)
    open(directory)()
    expect(statSync(directory).mode & 0o777).toBe(0o700)
  })

  test.each([
    ['of a process that has gone', '999999999'],
    ['of a process whose pid somebody else has now', `${process.pid} 1`],
    ['that is empty', ''],
  ])('opens in spite of a lock %s', (_, lock) => {
    const directory = temporaryFolder()
    open(directory)()
    writeFileSync(join(directory, 'runtime.pid'), lock)
    open(directory)()
  })

  test('opens when its holder has ended and nobody has asked for its exit yet', async () => {
    const directory = temporaryFolder()
    open(directory)()
    // The second `cat` takes over a child that it never asks for: once that has ended, it stays a zombie.
    const program = 'cat <&3 & echo $!; exec cat 3<&-'
    const shell = spawn('sh', ['-c', program], { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] })
    const lines = createInterface({ input: shell.stdout! })
    const [line] = (await once(lines, 'line')) as [string]
    const pid = Number(line)
    shell.stdin?.write('taken over\n')
    await once(lines, 'line')
    shell.stdio[3]?.destroy()
    const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8')
    await eventually(() => expect(stat()).toContain(') Z '))
    const started = stat().slice(stat().lastIndexOf(')')).split(' ')[20]
    writeFileSync(join(directory, 'runtime.pid'), `${pid} ${started}`)
    open(directory)()
    shell.stdin?.end()
    await once(shell, 'exit')
  })

  test.each([
    ['mark.json', '{"version":99}', /has version 99, this runtime reads 1; move the folder away/],
    ['mark.json', 'garbage', /the data folder is damaged: .*mark\.json/],
    ['holiday.jpg', 'pixels', /holds other files \(holiday\.jpg\); set MY_FOLDER/],
  ])('with %s holding %s is refused and left as it is', (name, content, message) => {
    const directory = temporaryFolder()
    writeFileSync(join(directory, name), content)
    chmodSync(directory, 0o755)
    expect(() => open(directory)).toThrow(message)
    expect(statSync(directory).mode & 0o777).toBe(0o755)
    expect(readFileSync(join(directory, name), 'utf8')).toBe(content)
  })
})
