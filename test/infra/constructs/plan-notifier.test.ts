import { compilePattern } from 'standdown-local/pattern'
import { beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { encode } from '#aws/table/codec.ts'
import { doorRecordKey, keyOf, marshalledKey } from '#aws/table/keys.ts'
import type { Job } from '#core/job/job.ts'
import { isNotified } from '#core/notifications/noun.ts'
import type { Step } from '#core/step/step.ts'
import { ACTION_RULES, PLAN_RULES } from '#functions/doors/watcher/notifications/rules.ts'
import { actionNotification, planNotification } from '#functions/doors/watcher/notifications/schemas.ts'
import { ACTION_PLAN } from '#functions/steps/action-plan/template.ts'
import { JOB_WRITES, STEP_WRITES } from '#test/core/notifications/writes.ts'
import { STEPS } from '#test/core/samples.ts'
import { Deployed } from '../deployed.ts'
import { synthesize } from '../synth.ts'

let deployed: Deployed
let filters: ((record: unknown) => boolean)[]

beforeAll(async () => {
  deployed = new Deployed(await synthesize({ nag: false }))
  const { id } = deployed.functionNamed('standdown-doors-watcher-notify')
  const mapping = deployed
    .all('AWS::Lambda::EventSourceMapping')
    .find(({ properties }) => properties.FunctionName.Ref === id)!
  const given: { Pattern: string }[] = mapping.properties.FilterCriteria.Filters
  filters = given.map(({ Pattern }) => compilePattern(JSON.parse(Pattern)))
})

const passes = (record: unknown): boolean => filters.some((filter) => filter(record))

function passesItem(item: Job | Step, template: string = ACTION_PLAN.name): boolean {
  const key = keyOf(item)
  return passes({
    eventName: 'MODIFY',
    dynamodb: { Keys: marshalledKey(key), NewImage: encode(key, { ...item, template }) },
  })
}

test('every write of a job or a step comes through that means something to Watcher', () => {
  const told: (Job | Step)[] = [
    ...JOB_WRITES.filter((write) => isNotified(PLAN_RULES, write)).map(({ after }) => after),
    ...STEP_WRITES.filter((write) => isNotified(ACTION_RULES, write)).map(({ after }) => after),
  ]
  expect(told.length).toBeGreaterThan(30)
  expect(told.filter((item) => !passesItem(item))).toEqual([])
  expect(told.filter((item) => passesItem(item, 'object-migration'))).toEqual([])
})

test('no checkpoint and no heartbeat of an action that runs wakes the function', () => {
  const running = STEPS['ONGOING, given back']!
  expect([running.state, running.version]).toEqual(['ONGOING', 2])
  expect(passesItem(running)).toBe(false)
})

test.each([
  ['MODIFY', 'plans/demo', true],
  ['INSERT', 'plans/demo', false],
  ['MODIFY', 'plan-schedules', false],
  ['MODIFY', 'deleted-plans/demo', false],
  ['MODIFY', 'nodes/demo', false],
])('%s of a record of %s comes through: %s', (eventName, set, expected) => {
  const Keys = marshalledKey(doorRecordKey({ set, id: 'u' }))
  expect(passes({ eventName, dynamodb: { Keys, NewImage: { json: { S: '{}' } } } })).toBe(expected)
})

test('it reads the table and puts events, and may do nothing else there', () => {
  const fn = deployed.functionNamed('standdown-doors-watcher-notify')
  const calls = [...deployed.allowed(fn, 'dynamodb:'), ...deployed.allowed(fn, 'events:')]
  const names = calls.map((call) => call.split(' ')[0]).filter((name) => !/Stream|Records|Shard/.test(name!))
  expect(names.sort()).toEqual(['GetItem', 'PutEvents', 'Query'])
})

test.each([
  ['action_plan-notification', planNotification],
  ['action-notification', actionNotification],
])('the shape standdown@%s is published as JSON Schema draft-04', (name, shape) => {
  const schema = deployed
    .all('AWS::EventSchemas::Schema')
    .find(({ properties }) => properties.SchemaName === `standdown@${name}`)!
  const { title, ...content } = JSON.parse(schema.properties.Content)
  expect(title).toMatch(/^StanddownAction/)
  expect(content).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(shape, { target: 'draft-4' }))))
  expect(schema.properties.Content).not.toMatch(/"const":|"exclusiveM(in|ax)imum":\d|"\$defs":/)
})
