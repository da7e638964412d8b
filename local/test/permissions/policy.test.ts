import { expect, test } from 'vitest'
import { evaluate, type Verdict } from '#local/permissions/policy.ts'
import type { JsonObject } from '#local/template/assembly.ts'

const ARN = 'arn:aws:s3:::photos/2026/a.jpg'
const allow = (more: JsonObject): JsonObject => ({
  Effect: 'Allow',
  Action: 's3:PutObject',
  Resource: '*',
  ...more,
})
const deny = (more: JsonObject): JsonObject => ({ ...allow(more), Effect: 'Deny' })
const notAction: JsonObject = { Effect: 'Allow', NotAction: 's3:DeleteObject', Resource: '*' }

test.each<[title: string, statements: JsonObject[], verdict: Verdict]>([
  ['nothing', [], 'denied'],
  ['the action on every resource', [allow({})], 'allowed'],
  ['another action', [allow({ Action: 's3:GetObject' })], 'denied'],
  ['a list with the action', [allow({ Action: ['s3:GetObject', 's3:PutObject'] })], 'allowed'],
  ['the action in other letters', [allow({ Action: 'S3:putobject' })], 'allowed'],
  ['actions by a wildcard', [allow({ Action: 's3:Put*' })], 'allowed'],
  ['all actions of another service', [allow({ Action: 'sqs:*' })], 'denied'],
  ['the object', [allow({ Resource: ARN })], 'allowed'],
  ['all objects', [allow({ Resource: ['arn:aws:s3:::photos/*'] })], 'allowed'],
  ['one letter for another', [allow({ Resource: 'arn:aws:s3:::photo?/2026/a.jpg' })], 'allowed'],
  ['the bucket alone', [allow({ Resource: 'arn:aws:s3:::photos' })], 'denied'],
  ['a dot is a dot', [allow({ Resource: 'arn:aws:s3:::photos/2026/a?jpg' })], 'allowed'],
  [
    'another name that a regular expression would take',
    [allow({ Resource: 'arn:aws:s3:::photos/2026.a.jpg' })],
    'denied',
  ],
  ['all but another action', [notAction], 'allowed'],
  ['all but this action', [{ ...notAction, NotAction: 's3:Put*' }], 'denied'],
  ['all but this resource', [{ Effect: 'Allow', Action: 's3:*', NotResource: ARN }], 'denied'],
  ['allowed and denied', [allow({}), deny({})], 'denied'],
  ['denied elsewhere', [allow({}), deny({ Resource: 'arn:aws:s3:::other/*' })], 'allowed'],
  [
    'denied without encryption',
    [allow({}), deny({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
    'allowed',
  ],
  [
    'denied on a condition that is not known',
    [allow({}), deny({ Condition: { StringEquals: { 'aws:PrincipalTag/a': 'b' } } })],
    'allowed',
  ],
  [
    'allowed on a condition that is not known',
    [allow({ Condition: { StringEquals: { 'aws:PrincipalTag/a': 'b' } } })],
    'maybe',
  ],
  [
    'allowed in this account',
    [allow({ Condition: { StringEquals: { 'aws:ResourceAccount': '000000000000' } } })],
    'allowed',
  ],
  [
    'allowed in another account',
    [allow({ Condition: { StringEquals: { 'aws:ResourceAccount': '111122223333' } } })],
    'denied',
  ],
  ['a resource that is not known here', [allow({ Resource: '<unknown>' })], 'maybe'],
])('%s: %#', (_title, statements, verdict) => {
  expect(evaluate(statements, { action: 's3:PutObject', resource: ARN })).toBe(verdict)
})

test('of a resource that is not known any grant of the action will do, and no denial counts', () => {
  const asked = { action: 's3:PutObject', resource: null }
  expect(evaluate([allow({ Resource: ARN }), deny({})], asked)).toBe('allowed')
  expect(evaluate([allow({ Action: 's3:GetObject' })], asked)).toBe('denied')
})
