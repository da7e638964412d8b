import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from '#cli/dev/config.ts'
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

describe('the environment', () => {
  test('has defaults for all that it does not say', () => {
    expect(readConfig({}, '/home')).toEqual({ apiPort: 4000, awsPort: 4001, dataDir: '/home/.standdown' })
  })

  test('says ports and folder', () => {
    const env = { STANDDOWN_API_PORT: '0', STANDDOWN_AWS_PORT: '5001', STANDDOWN_DATA: '/data' }
    expect(readConfig(env, '/home')).toEqual({ apiPort: 0, awsPort: 5001, dataDir: '/data' })
  })

  test.each(['http', '-1', '65536', '1.5', '0x10'])('with the port %s is refused', (given) => {
    expect(() => readConfig({ STANDDOWN_AWS_PORT: given }, '/')).toThrow(`STANDDOWN_AWS_PORT is '${given}'`)
  })
})
