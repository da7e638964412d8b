import { afterEach, expect, test, vi } from 'vitest'
import { env } from '#aws/env.ts'

afterEach(() => vi.unstubAllEnvs())

const EXTERNAL = 'arn:aws:lambda:eu-west-1:123456789012:function:standdown-external'
const HOOKS = 'arn:aws:lambda:eu-west-1:123456789012:function:hooks:3'

test('what follows of an attached machine is not told: its modes, and who is called for a hook that nobody gave', () => {
  const told = { nightly: { description: 'Loads the day', abort: HOOKS }, weekly: { description: 'Adds up' } }
  vi.stubEnv('ATTACHED', JSON.stringify(told))
  vi.stubEnv('ABORT_MODES', JSON.stringify({ copy: ['graceful'] }))
  vi.stubEnv('EXTERNAL_FUNCTION', EXTERNAL)
  expect(env.attached()).toEqual({
    nightly: {
      description: 'Loads the day',
      hooks: ['abort'],
      functions: { abort: HOOKS, revert: EXTERNAL },
    },
    weekly: { description: 'Adds up', hooks: [], functions: { abort: EXTERNAL, revert: EXTERNAL } },
  })
  expect(env.abortModes()).toEqual({ copy: ['graceful'], nightly: ['force'], weekly: ['force'] })
})
