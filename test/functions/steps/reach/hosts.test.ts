import { expect, test } from 'vitest'
import {
  HostRefused,
  hostRules,
  isForbiddenAddress,
  refuseHost,
  whyNotReached,
} from '#functions/steps/reach/hosts.ts'

const AWS = 'https://dynamodb.eu-west-1.amazonaws.com'

test.each([
  ['nothing is allowed', undefined, undefined, { allowed: [], loopback: false }],
  [
    'AWS is elsewhere',
    'a.example,*.b.example',
    AWS,
    { allowed: ['a.example', '*.b.example'], loopback: false },
  ],
  ['AWS is this machine', undefined, 'http://127.0.0.1:4001', { allowed: null, loopback: true }],
  ['AWS is this machine, by name', '', 'http://localhost:4001', { allowed: null, loopback: true }],
  [
    'AWS is this machine, by IPv6',
    'a.example',
    'http://[::1]:4001',
    { allowed: ['a.example'], loopback: true },
  ],
  ['a host only begins so', undefined, 'http://127.0.0.1.example', { allowed: [], loopback: false }],
])('the rules where %s', (_, hosts, aws, rules) => {
  expect(hostRules({ hosts, aws })).toEqual(rules)
})

test.each([
  ['nova.example', ['nova.example'], true],
  ['NOVA.example', ['nova.EXAMPLE'], true],
  ['a.b.example', ['*.example'], true],
  ['example', ['*.example'], false],
  ['nova.example.evil', ['nova.example'], false],
  ['evil-nova.example', ['nova.example'], false],
  ['novaxexample', ['nova.example'], false],
  ['10.0.0.7', ['10.0.*'], true],
  ['10.1.0.7', ['10.0.*'], false],
  ['[fd00::7]', ['fd00::7'], true],
  ['nova.example', [], false],
])('%s with %j allowed is reached: %s', (host, allowed, isReached) => {
  expect(whyNotReached(host, { allowed, loopback: false }) === null).toBe(isReached)
})

test.each([
  '127.0.0.1',
  '127.9.9.9',
  '0.0.0.0',
  '169.254.169.254',
  '169.254.170.2',
  '::1',
  '::',
  'fe80::1',
  'fd00:ec2::254',
  '::ffff:127.0.0.1',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
])('%s is never reached from inside AWS, whatever is allowed', (address) => {
  expect(isForbiddenAddress(address)).toBe(true)
  const rules = { allowed: ['*'], loopback: false }
  expect(() => refuseHost(address.includes(':') ? `[${address}]` : address, rules)).toThrow(HostRefused)
  expect(whyNotReached(address, { ...rules, loopback: true })).toBeNull()
})

test.each(['http://2130706433/', 'http://0x7f.1/', 'http://127.1/', 'http://[::ffff:7f00:1]/', 'http://0/'])(
  '%s is another way to write one of them',
  (url) => {
    expect(whyNotReached(new URL(url).hostname, { allowed: ['*'], loopback: false })).toContain(
      'machine itself',
    )
  },
)
