import { expect, test } from 'vitest'
import { run } from '#cli/run.ts'

async function standdown(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []]
  const code = await run({
    argv: ['node', 'standdown', ...args],
    env: {},
    stdin: {},
    stdout: { write: (text) => void out.push(text) },
    stderr: { write: (text) => void err.push(text) },
  })
  return { code, out: out.join(''), err: err.join('') }
}

test('without a command it says which there are', async () => {
  expect(await standdown()).toMatchObject({ code: 0, out: expect.stringContaining('abort'), err: '' })
  expect(await standdown('--help')).toMatchObject({ code: 0, out: expect.stringContaining('prune'), err: '' })
})

const VERBS =
  'start ps show watch events logs templates plan abort clean-up dev console deploy destroy prune doctor'
const NOUNS =
  'nodes list, nodes show, nodes power, actionplan list, actionplan show, actionplan start, actionplan cancel'

test.each([...VERBS.split(' '), ...NOUNS.split(', ')])(
  '%s says how it is used, with an example',
  async (verb) => {
    const { code, out, err } = await standdown(...verb.split(' '), '--help')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain(`Usage: standdown ${verb}`)
    expect(out).toMatch(new RegExp(`\\$ .*standdown ${verb}`))
  },
)

test.each(['purge', 'constructor', '__proto__'])('the unknown command %s is refused', async (name) => {
  const { code, out, err } = await standdown(name)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(`unknown command '${name}'`)
})

test.each([
  [['abrot', 'x'], 'Did you mean abort?'],
  [['abort', 'x', '--reasn', 'y'], 'Did you mean --reason?'],
  [['nodes', 'lst'], 'Did you mean list?'],
])('a typo suggests the word meant: %j', async (args, suggestion) => {
  const { code, err } = await standdown(...args)
  expect(code).toBe(2)
  expect(err).toContain(suggestion)
})

test.each([
  [['abort'], 'no job is named'],
  [['abort', 'x', '--state', 'ONGOING'], 'two ways'],
  [['abort', 'x', '--mode', 'hard'], 'graceful, force'],
  [['abort', 'x', '--force-after', 'soon'], '90s, 5m'],
  [['abort', '--state', 'FAILED'], 'PENDING, ONGOING, CANCELLING'],
  [['ps', '-o', 'yaml'], 'table, json, ndjson, id'],
  [['ps', '-n', 'many'], 'no number'],
  [['start'], 'template'],
  [['start', 'demo', '-i', 'nothing'], 'names no value'],
  [['start', 'demo', '-i', '@no-such-file'], 'cannot be read'],
  [['prune', '--force'], '--force'],
  [['completion', 'tcsh'], 'zsh, bash, fish, powershell'],
])('%j is refused before anything is asked, with what to say instead', async (args, told) => {
  const { code, out, err } = await standdown(...args)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(told)
})

test('where nothing answers, it says how to start it', async () => {
  const { code, err } = await standdown('ps', '--api-url', 'http://127.0.0.1:9')
  expect(code).toBe(1)
  expect(err).toContain('npm start')
})
