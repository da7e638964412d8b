import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { quickStart } from '#cli/dev/quick-start.ts'
import { objectMigrationInput } from '#functions/steps/object-migration/template.ts'

let folder: string
let lines: string[]

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "standdown it's "))
  lines = quickStart({
    awsUrl: 'http://127.0.0.1:4001',
    region: 'us-east-1',
    dataDir: folder,
    root: '/product',
  })
})
afterAll(() => rmSync(folder, { recursive: true }))

test('each line is a command that a shell can read', () => {
  for (const line of lines) {
    const { status, stderr } = spawnSync('sh', ['-n', '-c', line])
    expect(`${line} ${stderr}`).toBe(`${line} `)
    expect(status).toBe(0)
  }
})

test('the input that they name is there, and is one of the template', () => {
  const [path = ''] = lines.flatMap((line) => /-i @(.*)$/.exec(line)?.[1] ?? [])
  const { stdout } = spawnSync('sh', ['-c', `cat ${path}`], { encoding: 'utf8' })
  expect(stdout).toBe(readFileSync(join(folder, 'slow-migration.json'), 'utf8'))
  expect(objectMigrationInput.parse(JSON.parse(stdout))).toMatchObject({ source: { bucket: 'photos' } })
})

test('where the data is not in its usual place, the command line is told of it', () => {
  expect(lines.some((line) => line.startsWith('export STANDDOWN_DATA='))).toBe(true)
})
