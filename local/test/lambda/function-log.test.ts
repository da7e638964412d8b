import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openFunctionLog } from '#local/lambda/function-log.ts'
import { temporaryDirectory } from './functions.ts'

test('a log that is full is kept once and begun anew, so that it cannot fill the disk', () => {
  const directory = temporaryDirectory()
  const log = openFunctionLog(directory, 'worker', 10)
  for (const line of ['first 12345\n', 'second 12345\n', 'third\n']) log.write(line)
  log.close()
  expect(readFileSync(join(directory, 'worker.log'), 'utf8')).toBe('third\n')
  expect(readFileSync(join(directory, 'worker.log.1'), 'utf8')).toBe('second 12345\n')
})

test('a log goes on where the last start ended', () => {
  const directory = temporaryDirectory()
  for (const line of ['one\n', 'two\n']) {
    const log = openFunctionLog(directory, 'worker')
    log.write(line)
    log.close()
  }
  expect(readFileSync(join(directory, 'worker.log'), 'utf8')).toBe('one\ntwo\n')
})

test('a log that cannot be written loses lines, not the runtime', () => {
  const directory = temporaryDirectory()
  const log = openFunctionLog(directory, 'worker')
  rmSync(directory, { recursive: true })
  log.write('lost')
  mkdirSync(directory)
  log.write('kept')
  log.close()
  expect(readFileSync(join(directory, 'worker.log'), 'utf8')).toBe('kept')
})
