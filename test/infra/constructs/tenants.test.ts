import { describe, expect, test } from 'vitest'
import { tenantsEnvironment } from '../../../infra/constructs/api/tenants.ts'

const ROLE = 'arn:aws:iam::111122223333:role'

test('the functions of the API are told which role is bound to which tenant', () => {
  const tenants = { [`${ROLE}/service/Acme`]: 'acme', [`${ROLE}/Team*`]: 'teams' }
  expect(tenantsEnvironment(tenants)).toEqual({ TENANTS: JSON.stringify(tenants) })
  expect(tenantsEnvironment({})).toEqual({ TENANTS: '{}' })
  expect(tenantsEnvironment(undefined)).toEqual({})
})

describe('what could bind nobody is refused', () => {
  test.each([
    ['a tenant with a slash', `${ROLE}/A`, 'a/b', 'is not of 1 to 64 characters'],
    ['a name in place of an ARN', 'Acme', 'acme', 'is no ARN of a role or user'],
    ['a session', 'arn:aws:sts::1:assumed-role/A/s', 'acme', 'is no ARN of a role or user'],
    ['a * within', `${ROLE}/A*B`, 'acme', 'has a * that is not at its end'],
    ['a beginning with a path', `${ROLE}/teams/*`, 'acme', 'has a path'],
  ])('%s', (_what, arn, tenant, message) => {
    expect(() => tenantsEnvironment({ [arn]: tenant })).toThrow(message)
  })

  test('more than an environment holds', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`${ROLE}/Role${i}`, 't']))
    expect(() => tenantsEnvironment(many)).toThrow('name roles by a common beginning and *')
  })
})
