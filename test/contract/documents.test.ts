import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FACES } from '#contract/faces.ts'
import { PUBLISHED, SAMPLES } from '#contract/notifications.ts'
import { documents } from '#contract/write.ts'
import { gatewayRoutes } from '#core/api/door.ts'
import { synthesize } from '#test/infra/synth.ts'
import { notificationFaults } from './asyncapi-check.ts'
import { type Exchange, faultsOf } from './openapi-check.ts'

const DOCS = join(import.meta.dirname, '../../docs')

test.each(Object.entries(documents()))('docs/%s is what the schemas say: npm run contract', (file, text) => {
  expect(readFileSync(join(DOCS, file), 'utf8')).toBe(text)
})

test('the document has every route that is deployed', async () => {
  const template = await synthesize({ nag: false })
  const deployed = Object.values(template.findResources('AWS::ApiGatewayV2::Route'))
    .map(({ Properties }) => String(Properties.RouteKey))
    .filter((key) => key !== '$default')
  const described = FACES.flatMap(({ door }) => gatewayRoutes(door)).map(({ key }) => key)
  // OpenStack's doors are deployed only where somebody checks their tokens.
  const own = described.filter((key) => !/^ANY \/(baremetal|infra-optim)/.test(key))
  expect(own.toSorted()).toEqual(deployed.toSorted())
}, 120_000)

describe('an exchange', () => {
  const exchange = (more: Partial<Exchange>): Exchange => ({
    method: 'GET',
    url: '/jobs/j/definition?x=1',
    status: 200,
    headers: new Headers({ 'content-type': 'application/json', etag: '"x"' }),
    received: '{"job_execution_id":"j","source":null,"state_machine_arn":"arn","definition":null}',
    ...more,
  })

  test('that is as the document says has no fault', () => {
    expect(faultsOf(exchange({}))).toEqual([])
    expect(faultsOf(exchange({ status: 304, received: '' }))).toEqual([])
  })

  test.each<[string, Partial<Exchange>, RegExp]>([
    ['an unknown property', { received: '{"a":1}' }, /must NOT have additional properties/],
    ['a missing property', { received: '{"job_execution_id":"j"}' }, /required property 'source'/],
    ['an unknown status', { status: 201 }, /the document has 200, 304/],
    ['an unknown route', { url: '/nothing' }, /no such route, and it answers 200/],
    ['another method', { method: 'PUT' }, /no such route/],
    [
      'another content type',
      { headers: new Headers({ etag: '"x"', 'content-type': 'text/html' }) },
      /text\/html/,
    ],
    ['a missing header', { headers: new Headers({ 'content-type': 'application/json' }) }, /etag is missing/],
    ['a body where there is none', { status: 304 }, /no body/],
    [
      'a refusal without its title',
      {
        status: 404,
        headers: new Headers({ 'content-type': 'application/problem+json' }),
        received: '{"status":404}',
      },
      /title/,
    ],
  ])('with %s has one', (_title, more, fault) => {
    expect(faultsOf(exchange(more)).join()).toMatch(fault)
  })

  test('whose request was taken, though the document does not allow it, has one', () => {
    const received = '{"job_execution_id":"j","state":"CANCELLING","abort_request":null,"not_taken":[]}'
    const headers = new Headers({ 'content-type': 'application/json', location: '/jobs/j' })
    const abort = { method: 'POST', url: '/jobs/j/abort', status: 202, headers, received }
    expect(faultsOf(exchange({ ...abort, sent: '{"mode":"force"}' }))).toEqual([])
    expect(faultsOf(exchange({ ...abort, sent: '{"all":true}' })).join()).toMatch(/the request was taken/)
  })
})

test('every sample of a notification fits the document, and nothing else does', () => {
  const samples = PUBLISHED.flatMap(({ types }) =>
    types.map(({ sample }) => sample as { event_type: string }),
  )
  expect(samples.flatMap(notificationFaults)).toEqual([])
  const sample = SAMPLES['job.cancel.start']
  expect(notificationFaults({ ...sample, more: 1 } as typeof sample).join()).toMatch(/additional properties/)
  expect(notificationFaults({ event_type: 'job.paused' })).toEqual([
    'job.paused is not in docs/asyncapi.json',
  ])
})
