import { App, Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import { JobControl } from '#infra/constructs/job-control.ts'

/** Of an event pattern, https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const PATTERN_LIMIT = 2_048

type Rule = { Properties: { EventPattern: { detail: { stateMachineArn: string[] } } } }

test('however many job templates there are, the ends of each come by one rule, whose pattern is not too long', () => {
  const app = new App({ context: { 'standdown:draft': true } })
  const stack = new Stack(app, 'Many', { env: { account: '123456789012', region: 'us-gov-west-1' } })
  const { events, machines } = new JobControl(stack, 'Control')
  machines.add('job')
  const names = Array.from(
    { length: 30 },
    (_, i) => `${'long-name-'.repeat(7)}${String(i).padStart(10, '0')}`,
  )
  const arns = names.map((name) => `arn:aws-us-gov:states:us-gov-west-1:123456789012:stateMachine:${name}`)
  for (const arn of arns) events.followEnds(arn)
  const detail = { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: Match.anyValue() }
  const found = Template.fromStack(stack).findResources('AWS::Events::Rule', {
    Properties: { EventPattern: { detail } },
  })
  const patterns = Object.values(found as Record<string, Rule>).map((rule) => rule.Properties.EventPattern)
  expect(patterns.flatMap((pattern) => pattern.detail.stateMachineArn).sort()).toEqual(arns.sort())
  for (const pattern of patterns) expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(PATTERN_LIMIT)
})
