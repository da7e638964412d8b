import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hashSource } from '#cli/dev/assembly.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'standdown-source-'))
  write('core/job.ts', 'a job')
  write('package-lock.json', '{}')
  write('cdk.json', '{}')
  write('more/jobs.ts', 'more jobs')
  write('more/steps/step.ts', 'a step of theirs')
})
afterEach(() => rmSync(root, { recursive: true }))

function write(name: string, content: string): void {
  mkdirSync(join(root, name, '..'), { recursive: true })
  writeFileSync(join(root, name), content)
}

/** Whether the assembly is made anew after that change. */
function noticed(change: () => void, extraJobs?: string): boolean {
  const before = hashSource(root, extraJobs)
  change()
  return hashSource(root, extraJobs) !== before
}

describe('an assembly is made anew', () => {
  test('when a source file changes, and not otherwise', () => {
    expect(noticed(() => undefined)).toBe(false)
    expect(noticed(() => write('core/job.ts', 'another job'))).toBe(true)
    expect(noticed(() => write('core/new.ts', ''))).toBe(true)
    expect(noticed(() => write('cdk.json', '{"a":1}'))).toBe(true)
  })

  test('when the module of more jobs changes, or the code of their steps', () => {
    const extra = 'more/jobs.ts'
    expect(noticed(() => undefined, extra)).toBe(false)
    expect(noticed(() => write('more/jobs.ts', 'other jobs'), extra)).toBe(true)
    expect(noticed(() => write('more/steps/step.ts', 'another step'), extra)).toBe(true)
    expect(noticed(() => write('more/steps/step.ts', 'a third step'), join(root, extra))).toBe(true)
  })

  test('not when a package of theirs is installed, or jobs change that are not added', () => {
    expect(noticed(() => write('more/node_modules/any/index.js', ''), 'more/jobs.ts')).toBe(false)
    expect(noticed(() => write('more/jobs.ts', 'other jobs'))).toBe(false)
  })
})
