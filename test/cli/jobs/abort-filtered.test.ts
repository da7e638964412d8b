import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { run } from '#cli/run.ts'

type Body = { dry_run?: boolean; job_execution_ids?: string[]; filter?: unknown }

let server: Server
let asked: Body[]
let answers: (body: Body) => unknown

beforeEach(async () => {
  asked = []
  server = createServer(async (req, res) => {
    const body = (await json(req)) as Body
    asked.push(body)
    res.setHeader('content-type', 'application/json').end(JSON.stringify(answers(body)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

async function abort(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []]
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const code = await run({
    argv: ['node', 'standdown', 'abort', ...args, '--api-url', url],
    env: {},
    stdin: {},
    stdout: { write: (text) => void out.push(text) },
    stderr: { write: (text) => void err.push(text) },
  })
  return { code, out: out.join(''), err: err.join('') }
}

const items = (...ids: string[]) =>
  ids.map((job_execution_id) => ({ job_execution_id, status: 202, state: 'CANCELLING' }))
/** A third job has started when the abort comes. */
const twoOfThem = ({ dry_run, job_execution_ids = [] }: Body) =>
  dry_run ? { count: 2, truncated: false, items: items('a', 'b') } : { items: items(...job_execution_ids) }

test('those that were counted are aborted, and no others', async () => {
  answers = twoOfThem
  const { code, out, err } = await abort(
    '--template',
    'demo',
    '--state',
    'ONGOING',
    '--reason',
    'enough',
    '--yes',
    '-o',
    'id',
  )
  expect({ code, out }).toEqual({ code: 0, out: 'a\nb\n' })
  expect(err).toContain('2 jobs match')
  expect(asked).toEqual([
    { filter: { template: 'demo', state: 'ONGOING' }, mode: 'graceful', reason: 'enough', dry_run: true },
    { job_execution_ids: ['a', 'b'], mode: 'graceful', reason: 'enough' },
  ])
})

test.each([
  ['without --yes, where nobody can be asked', [], twoOfThem, 2],
  ['for a dry run', ['--dry-run'], twoOfThem, 0],
  ['where none matches', ['--yes'], () => ({ count: 0, truncated: false, items: [] }), 0],
  [
    'where more match than one request may abort',
    ['--yes'],
    () => ({ count: 1000, truncated: true, items: [] }),
    2,
  ],
] as [string, string[], typeof answers, number][])(
  'nothing is aborted %s',
  async (_when, args, answer, expected) => {
    answers = answer
    expect((await abort('--template', 'demo', ...args)).code).toBe(expected)
    expect(asked.map(({ dry_run }) => dry_run)).toEqual([true])
  },
)
