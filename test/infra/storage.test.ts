import { App, Stack } from 'aws-cdk-lib'
import { Match, type Template } from 'aws-cdk-lib/assertions'
import { beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { notification } from '#core/notifications/schemas.ts'
import { Machines } from '#infra/constructs/machines.ts'
import { readable, synthesize } from './synth.ts'

let template: Template

beforeAll(async () => {
  template = await synthesize({ nag: false })
})

test('what holds data outlives the stack, but not a first deployment that is rolled back', () => {
  for (const type of ['AWS::DynamoDB::Table', 'AWS::S3::Bucket']) {
    const [found] = Object.values(template.findResources(type))
    expect(found).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' })
  }
})

test('the shape of a notification is published as JSON Schema draft-04', () => {
  template.hasResourceProperties('AWS::EventSchemas::Registry', { RegistryName: 'standdown' })
  const [schema] = Object.values(template.findResources('AWS::EventSchemas::Schema'))
  expect(schema?.Properties).toMatchObject({
    SchemaName: 'standdown@notification',
    Type: 'JSONSchemaDraft4',
  })
  const { title, ...content } = JSON.parse(schema?.Properties.Content)
  expect(title).toBe('StanddownNotification')
  expect(content.$schema).toBe('http://json-schema.org/draft-04/schema#')
  expect(content).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(notification, { target: 'draft-4' }))))
})

test('draft-04 has no const and no numeric bounds that exclude: the published shape uses none', () => {
  const [schema] = Object.values(template.findResources('AWS::EventSchemas::Schema'))
  expect(schema?.Properties.Content).not.toMatch(/"const":|"exclusiveM(in|ax)imum":\d|"\$defs":/)
})

test('a clean-up that ran out of time, or met no free Lambda, is not one that failed', () => {
  const standDown = Object.values(template.findResources('AWS::StepFunctions::StateMachine')).find(
    ({ Properties }) => Properties.StateMachineName === 'standdown-stand-down',
  )
  const { States } = JSON.parse(readable(standDown?.Properties.DefinitionString))
  const retries: { ErrorEquals: string[]; MaxAttempts: number }[] =
    States.RunHooks.ItemProcessor.States.RunHook.Retry
  const attempts = (error: string) => retries.find(({ ErrorEquals }) => ErrorEquals.includes(error))
  expect(attempts('StepOutOfTime')).toMatchObject({ MaxAttempts: 100, BackoffRate: 1 })
  expect(attempts('Lambda.TooManyRequestsException')).toMatchObject({ MaxAttempts: 20, MaxDelaySeconds: 30 })
  // So is an invocation that was denied: it must not keep the job waiting.
  expect(attempts('Lambda.AWSLambdaException')).toBeUndefined()
  expect(retries.at(-1)).toMatchObject({ ErrorEquals: ['States.ALL'], MaxAttempts: 3 })
})

test('an API function gives up before API Gateway does', () => {
  const functions = Object.values(template.findResources('AWS::Lambda::Function'))
  const api = functions.filter(({ Properties }) => Properties.FunctionName.startsWith('standdown-api-'))
  expect(api).toHaveLength(3)
  for (const { Properties } of api) expect(Properties.Timeout).toBeLessThan(30)
})

test('the queues take what event rules and the stream cannot deliver', () => {
  const rules = Object.keys(template.findResources('AWS::Events::Rule'))
  for (const rule of rules) {
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [rule, 'Arn'] } } },
          }),
        ]),
      },
    })
  }
})

test.each([
  [20, []],
  [40, [expect.stringContaining('the 40 job templates do not fit one event rule')]],
])('%i job templates: more than an event pattern holds are refused at synth', (count, faults) => {
  const machines = new Machines(new Stack(new App(), 'Many'), 'Machines', { prefix: 'standdown' })
  for (let i = 0; i < count; i += 1) machines.add(`job-${i}`)
  expect(machines.node.validate()).toEqual(faults)
})

test('a prefix that makes a state machine name too long is refused at synth', () => {
  const machines = new Machines(new Stack(new App(), 'Long'), 'Machines', { prefix: 'p'.repeat(30) })
  expect(() => machines.add('t'.repeat(50))).toThrow('is longer than 80 characters: shorten the prefix')
  expect(() => machines.add('t'.repeat(49))).not.toThrow()
})
