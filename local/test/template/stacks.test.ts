import { describe, expect, test } from 'vitest'
import type { Json, Resource } from '#local/template/assembly.ts'
import { readTemplate } from '#local/template/read-template.ts'
import { type WrittenStack, writeStacks } from '../fixtures/assembly.ts'

const URLS = { apiUrl: 'http://127.0.0.1:1', awsUrl: 'http://127.0.0.1:2' }

const read = (stacks: Record<string, WrittenStack>) => readTemplate(writeStacks(stacks), URLS)

const PARTITION = { Ref: 'AWS::Partition' }
const machineArn = (place: string) => ({
  'Fn::Join': ['', ['arn:', PARTITION, `:states:${place}:stateMachine:count`]],
})

const machine: Resource = {
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: { StateMachineName: 'count', DefinitionString: '{}' },
}
/** A function that is told these variables. */
const worker = (Variables: Record<string, Json>, more: Record<string, Json> = {}): Resource => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Handler: 'index.handler', Code: { S3Key: 'code.zip' }, Environment: { Variables }, ...more },
})
const ended = (stateMachineArn: Json): Resource => ({
  Type: 'AWS::Events::Rule',
  Properties: { EventPattern: { source: ['aws.states'], detail: { stateMachineArn: [stateMachineArn] } } },
})

describe('a stack with an account and a region of its own', () => {
  const environment = 'aws://123456789012/eu-west-1'
  const told = {
    MACHINE: machineArn('eu-west-1:123456789012'),
    ACCOUNT: '123456789012',
    BUCKET: 'reports-123456789012-eu-west-1',
    ZONE: 'eu-west-1b',
  }
  const Resources = {
    Count: machine,
    Ended: ended(machineArn('eu-west-1:123456789012')),
    Worker: worker(told),
  }

  test('is read as one without: what it says of its place is this machine’s', () => {
    const model = read({ Jobs: { template: { Resources }, environment } })
    const [{ arn } = { arn: '' }] = model.stateMachines
    expect(arn).toBe('arn:aws:states:us-east-1:000000000000:stateMachine:count')
    expect(model.rules[0]?.pattern).toMatchObject({ detail: { stateMachineArn: [arn] } })
    expect(model.functions[0]?.environment).toEqual({
      MACHINE: arn,
      ACCOUNT: '000000000000',
      BUCKET: 'reports-000000000000-us-east-1',
      ZONE: 'us-east-1b',
    })
  })

  test('keeps other accounts and regions, and digits in which its own appear', () => {
    const others = {
      ROLE: 'arn:aws:iam::111122223333:role/theirs',
      FAR: 'eu-west-10',
      DIGEST: 'a0123456789012',
      LONG: '1234567890123',
    }
    const model = read({ Jobs: { template: { Resources: { Worker: worker(others) } }, environment } })
    expect(model.functions[0]?.environment).toEqual(others)
  })
})

describe('several stacks', () => {
  test('of several places are one: each finds what another names by its place', () => {
    const jobs = { Resources: { Count: machine } }
    const control = { Resources: { Ended: ended(machineArn('eu-west-1:123456789012')) } }
    const model = read({
      Control: { template: control, environment: 'aws://111122223333/eu-central-1' },
      Jobs: { template: jobs, environment: 'aws://123456789012/eu-west-1' },
    })
    expect(model.rules[0]?.pattern).toMatchObject({
      detail: { stateMachineArn: [model.stateMachines[0]?.arn] },
    })
  })

  test('have resources without a name each for itself, and its version', () => {
    const version: Resource = {
      Type: 'AWS::Lambda::Version',
      Properties: { FunctionName: { Ref: 'Worker' } },
    }
    const stack = (): WrittenStack => ({
      template: {
        Resources: { Worker: worker({}), Version: version },
        Outputs: { Published: { Value: { Ref: 'Version' } } },
      },
    })
    const model = read({ One: stack(), Two: stack() })
    expect(model.functions.map(({ name }) => name)).toEqual(['One-Worker', 'Two-Worker'])
    expect(model.outputs.Published).toBe('arn:aws:lambda:us-east-1:000000000000:function:Two-Worker:1')
  })

  test('with one name for two resources are refused, with both stacks', () => {
    const stack = (environment: string): WrittenStack => ({
      template: { Resources: { Worker: worker({}, { FunctionName: 'count' }) } },
      environment,
    })
    expect(() =>
      read({
        Here: stack('aws://123456789012/eu-west-1'),
        There: stack('aws://123456789012/us-west-2'),
      }),
    ).toThrow(/AWS::Lambda::Function count is in the stack Here and in There: .* run an app with one of them/)
  })
})
