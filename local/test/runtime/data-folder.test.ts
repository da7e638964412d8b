import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { openDataFolder } from '#local/runtime/data-folder.ts'
import { temporaryFolder } from '../fixtures/assembly.ts'

describe('the data folder', () => {
  test('belongs to one process at a time', () => {
    const directory = temporaryFolder()
    const release = openDataFolder(directory)
    expect(() => openDataFolder(directory)).toThrow(`is in use by process ${process.pid}`)
    release()
    openDataFolder(directory)()
  })

  test.each([
    ['of a process that has gone', '999999999'],
    ['of a process whose pid somebody else has now', `${process.pid} 1`],
    ['that is empty', ''],
  ])('opens in spite of a lock %s', (_, lock) => {
    const directory = temporaryFolder()
    openDataFolder(directory)()
    writeFileSync(join(directory, 'runtime.pid'), lock)
    openDataFolder(directory)()
  })

  test('opens when its holder has ended and nobody has asked for its exit yet', async () => {
    const directory = temporaryFolder()
    openDataFolder(directory)()
    // `cat` takes over a child that it never asks for: it stays a zombie until `cat` goes.
    const shell = spawn('sh', ['-c', '(exit 0) & echo $!; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] })
    const [line] = (await once(shell.stdout, 'data')) as [Buffer]
    const pid = Number(line.toString())
    const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8')
    await vi.waitFor(() => expect(stat()).toContain(') Z '))
    const started = stat().slice(stat().lastIndexOf(')')).split(' ')[20]
    writeFileSync(join(directory, 'runtime.pid'), `${pid} ${started}`)
    openDataFolder(directory)()
    shell.stdin.end()
    await once(shell, 'exit')
  })

  test.each([
    ['standdown.json', '{"version":99}', /has version 99, this runtime reads 1; move the folder away/],
    ['standdown.json', 'garbage', /the data folder is damaged: .*standdown\.json/],
    ['holiday.jpg', 'pixels', /holds other files \(holiday\.jpg\); set STANDDOWN_DATA/],
  ])('with %s holding %s is refused and left as it is', (name, content, message) => {
    const directory = temporaryFolder()
    writeFileSync(join(directory, name), content)
    expect(() => openDataFolder(directory)).toThrow(message)
    expect(readFileSync(join(directory, name), 'utf8')).toBe(content)
  })
})
