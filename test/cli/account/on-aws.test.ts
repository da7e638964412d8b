import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../scenarios/poll.ts'
import { begin, standdown } from '../standdown.ts'
import { type Account, GROUPS, JOB, openAccount, STACK } from './account.ts'

const ID = JOB.job_execution_id
let account: Account

beforeAll(async () => {
  account = await openAccount()
})
afterAll(() => account.close())

const sd = (...args: string[]) => standdown(args, account.env)

test('a stack tells by its outputs where its API is', async () => {
  expect(await sd('show', ID, '--stack', STACK, '-o', 'id')).toMatchObject({
    code: 0,
    out: `${ID}\n`,
    err: '',
  })
})

test('a stack that the account has not is not found, with what to do', async () => {
  const { code, out, err } = await sd('ps', '--stack', 'Other')
  expect({ code, out }).toEqual({ code: 3, out: '' })
  expect(err).toContain('there is no stack Other')
  expect(err).toContain('standdown deploy')
})

test('logs are those of all functions that name the job, in the order of time', async () => {
  const { code, out, err } = await sd('logs', ID, '--stack', STACK, '-o', 'ndjson')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { from: string; text: string })
  expect(lines.map(({ from }) => from)).toEqual(GROUPS.toReversed())
  expect(lines[0]?.text).toBe('INFO by /aws/lambda/standdown-lab-verify')
  expect(account.filtered.get(`/aws/lambda/${GROUPS[0]}`)).toMatchObject({
    filterPattern: `"${ID}"`,
    startTime: Date.parse(JOB.created_at),
  })
})

test('logs of one step are those of its function alone', async () => {
  const { out } = await sd('logs', ID, '--step', 'copy', '--stack', STACK, '-o', 'json')
  expect((JSON.parse(out) as { from: string }[]).map(({ from }) => from)).toEqual(['standdown-lab-copy'])
})

test('the console is served here, hands requests on to the API, and ends with Ctrl-C', async () => {
  const serving = begin(['console', '--port', '0', '--stack', STACK, '-o', 'id'], account.env)
  await until('its address', async () => serving.out().includes('\n'))
  const url = serving.out().trim()
  expect(await (await fetch(url)).text()).toContain('<title>')
  expect(await (await fetch(new URL(`jobs/${ID}`, url))).json()).toMatchObject({ job_execution_id: ID })
  serving.signal('SIGINT')
  expect(await serving.ended).toMatchObject({ code: 0, err: expect.stringContaining('Ctrl-C ends it') })
})

test.each(['deploy', 'destroy'])(
  '%s hands on to cdk what follows --, and ends as cdk does',
  async (verb) => {
    const { code, err } = await sd(verb, '--', '--app', '/no/such/assembly')
    expect(code).toBe(1)
    expect(err).toContain('/no/such/assembly')
  },
  60_000,
)
