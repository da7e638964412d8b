import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
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
