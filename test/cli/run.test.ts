import { expect, test } from 'vitest'
import { run } from '#cli/run.ts'

async function standdown(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []]
  const code = await run({
    argv: ['node', 'standdown', ...args],
    env: {},
    stdout: { write: (text) => void out.push(text) },
    stderr: { write: (text) => void err.push(text) },
  })
  return { code, out: out.join(''), err: err.join('') }
}

test('without a command it says which there are', async () => {
  expect(await standdown()).toMatchObject({ code: 0, out: expect.stringContaining('prune'), err: '' })
  expect(await standdown('--help')).toMatchObject({ code: 0, out: expect.stringContaining('prune') })
})

test.each(['purge', 'constructor', '__proto__'])('the unknown command %s is refused', async (name) => {
  expect(await standdown(name)).toMatchObject({ code: 2, out: '', err: expect.stringContaining('usage') })
})

test('a command says what its options are, and refuses others in one line', async () => {
  expect(await standdown('prune', '--help')).toMatchObject({ code: 0, out: expect.stringContaining('--yes') })
  const { code, err } = await standdown('prune', '--force')
  expect(code).toBe(1)
  expect(err).toMatch(/^standdown prune: .*--force.*\n$/)
})
