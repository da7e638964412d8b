import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { cliLine, curlLine } from '../../../console/src/abort/command-lines.ts'

/** What a shell makes of the line's words. */
const wordsOf = (line: string): string[] =>
  execFileSync('bash', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1)

const NASTY = `it's "over"; $(touch /tmp/x) \`id\` \\ !`

test('the command line of an abort is what a shell takes it for, whatever its reason says', () => {
  const options = { mode: 'graceful', reason: NASTY, force_after_seconds: 300, rollback: true } as const
  const [name, verb, ...rest] = wordsOf(cliLine(['one', "t'wo"], options))
  expect([name, verb]).toEqual(['standdown', 'abort'])
  expect(rest).toEqual([
    ...['one', "t'wo", '--mode', 'graceful', '--reason', NASTY, '--force-after', '300s', '--rollback'],
  ])
})

test.each([
  [['a/b'], 'http://127.0.0.1:4000/jobs/a%2Fb/abort', {}],
  [['a', 'b'], 'http://127.0.0.1:4000/jobs/abort', { job_execution_ids: ['a', 'b'] }],
])('curl asks the API to abort %j', (ids, address, named) => {
  const options = { mode: 'force', reason: NASTY } as const
  const words = wordsOf(curlLine(ids, options, 'http://127.0.0.1:4000/'))
  expect(words.slice(0, 2)).toEqual(['curl', address])
  expect(JSON.parse(words.at(-1) ?? '')).toEqual({ ...named, ...options })
})
