import { expect, test } from 'vitest'
import { CallerUnboundError, identityOf, tenantOf } from '#functions/middleware/tenant.ts'

const ACCOUNT = '111122223333'
const role = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`
const session = (name: string, of: string): string => `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${of}`

test.each([
  ['a session of a role', session('Deploy', 'i-0abc'), role('Deploy')],
  ['another session of it', session('Deploy', 'me@example.com'), role('Deploy')],
  ['a role with its path', role('teams/a/Deploy'), role('Deploy')],
  ['a role', role('Deploy'), role('Deploy')],
  ['a user', `arn:aws:iam::${ACCOUNT}:user/a/me`, `arn:aws:iam::${ACCOUNT}:user/a/me`],
  ['a session in China', `arn:aws-cn:sts::${ACCOUNT}:assumed-role/R/s`, `arn:aws-cn:iam::${ACCOUNT}:role/R`],
  ['somebody unknown', 'unauthenticated', 'unauthenticated'],
])('%s is %s: the identity is %s', (_what, caller, identity) => {
  expect(identityOf(caller)).toBe(identity)
})

const TENANTS = {
  [role('service/Acme')]: 'acme',
  [role('Team*')]: 'teams',
  [role('TeamB*')]: 'b',
  [role('TeamB-Boss')]: 'boss',
}

test.each([
  [session('Acme', 's'), 'acme'],
  [session('TeamA', 's'), 'teams'],
  [session('TeamB-1', 's'), 'b'],
  [session('TeamB-Boss', 's'), 'boss'],
])('%s is bound to %s', (caller, tenant) => {
  expect(tenantOf(caller, TENANTS)).toBe(tenant)
})

test.each([
  session('Acme2', 's'),
  session('Other', role('Acme')),
  session('Other', 'Acme'),
  `arn:aws:sts::999999999999:assumed-role/Acme/s`,
  `arn:aws:iam::${ACCOUNT}:user/Acme`,
  'unauthenticated',
  '',
])('%s is bound to nothing', (caller) => {
  expect(() => tenantOf(caller, TENANTS)).toThrow(CallerUnboundError)
  expect(() => tenantOf(caller, {})).toThrow(CallerUnboundError)
})

test('without a map nobody is bound', () => {
  expect(tenantOf(session('Acme', 's'), null)).toBeUndefined()
})
