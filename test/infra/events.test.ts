import { Match } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import { readable } from './deployed.ts'
import { everyApp } from './synth.ts'

everyApp((deployed) => {
  test('any end of a job execution that is no commit is settled', () => {
    deployed().template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
    })
    const watched = deployed()
      .all('AWS::Events::Rule')
      .flatMap(({ properties }) => properties.EventPattern?.detail.stateMachineArn ?? [])
      .map(readable)
    for (const { machine } of deployed().jobs) expect(watched).toContain(machine.arn)
  })

  test('of stand-downs only one that was stopped by hand is listened to', () => {
    const { arn } = deployed().machines.find(({ name }) => name === 'standdown-stand-down')!
    const statuses = deployed()
      .all('AWS::Events::Rule')
      .filter(({ properties }) =>
        properties.EventPattern?.detail.stateMachineArn?.map(readable).includes(arn),
      )
      .flatMap(({ properties }) => properties.EventPattern.detail.status)
    expect(statuses).toEqual(['ABORTED'])
  })

  test('what cannot be delivered is kept in a queue that only takes TLS', () => {
    const rules = deployed().all('AWS::Events::Rule')
    expect(rules.length).toBeGreaterThan(2)
    for (const { id, properties } of rules) {
      expect(properties.Targets.length, id).toBeGreaterThan(0)
      for (const target of properties.Targets) expect(target.DeadLetterConfig.Arn, id).toBeDefined()
    }
    const policies = deployed().all('AWS::SQS::QueuePolicy')
    const guarded = policies.flatMap(({ properties }) => properties.Queues.map(readable))
    const queues = deployed()
      .all('AWS::SQS::Queue')
      .map(({ id }) => `<${id}>`)
    expect(guarded.sort()).toEqual(queues.sort())
    deployed().template.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    })
  })

  test('the queues take what event rules and the stream cannot deliver', () => {
    for (const { id } of deployed().all('AWS::Events::Rule')) {
      deployed().template.hasResourceProperties('AWS::SQS::QueuePolicy', {
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({
              Action: 'sqs:SendMessage',
              Principal: { Service: 'events.amazonaws.com' },
              Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [id, 'Arn'] } } },
            }),
          ]),
        },
      })
    }
  })

  test("the table's stream is told of jobs and steps, from its beginning, and loses none", () => {
    deployed().template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    })
  })
})
