import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { addressesIn, tellAddresses } from '#cli/connect/addresses.ts'
import { isLoopback, targetOf } from '#cli/connect/target.ts'

test.each([
  [{}, {}, { kind: 'local' }],
  [{}, { STANDDOWN_STACK: 's' }, { kind: 'stack', stack: 's' }],
  [{}, { STANDDOWN_STACK: 's', STANDDOWN_API_URL: 'http://a' }, { kind: 'url', apiUrl: 'http://a' }],
  [{ stack: 'mine' }, { STANDDOWN_API_URL: 'http://a' }, { kind: 'stack', stack: 'mine' }],
  [{ apiUrl: 'http://b' }, { STANDDOWN_STACK: 's' }, { kind: 'url', apiUrl: 'http://b' }],
])(
  'an option says more than the environment, and nothing said means this machine: %j %j',
  (where, env, target) => {
    expect(targetOf(where, env)).toMatchObject(target)
  },
)

test('a runtime says in its data folder where it listens, and takes that back', () => {
  const folder = mkdtempSync(join(tmpdir(), 'standdown-addresses-'))
  const usual = addressesIn(folder)
  expect(usual.api_url).toBe('http://127.0.0.1:4000')
  const told = { api_url: 'http://127.0.0.1:5', aws_url: 'http://127.0.0.1:6' }
  const takeBack = tellAddresses(folder, told)
  expect(targetOf({}, { STANDDOWN_DATA: folder })).toMatchObject({
    apiUrl: told.api_url,
    awsUrl: told.aws_url,
  })
  takeBack()
  expect(addressesIn(folder)).toEqual(usual)
  rmSync(folder, { recursive: true })
})

test.each([
  ['http://127.0.0.1:4000', true],
  ['http://localhost/', true],
  ['http://127.0.0.1.evil.example', false],
  ['https://a.execute-api.eu-west-1.amazonaws.com', false],
])('%s asks for no signature: %s', (url, expected) => {
  expect(isLoopback(url)).toBe(expected)
})
