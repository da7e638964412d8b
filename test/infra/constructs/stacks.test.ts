import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, Stack, type StackProps, Tags } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as kms from 'aws-cdk-lib/aws-kms'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BUNDLES_CONTEXT } from '#infra/bundle/code.ts'
import { AbortableJob } from '#infra/constructs/abortable-job.ts'
import { JobControl, type JobControlProps } from '#infra/constructs/job-control.ts'
import { LOCAL_CONTEXT } from '#infra/constructs/local-context.ts'
import { StepFunction } from '#infra/constructs/step-function.ts'
import { type Properties, readable } from '../deployed.ts'

process.env.CDK_VALIDATION = 'false'

/** What the product's functions are made of does not matter here. */
const PRODUCT_FUNCTIONS = [
  'api/execute-job',
  'api/abort-job',
  'api/jobs',
  'events/settle',
  'events/sweep',
].concat([
  'events/notify',
  'stand-down/drain',
  'stand-down/clean-up',
  'stand-down/settle',
  'steps/commit',
  'steps/external',
])

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'standdown-stacks-'))
  for (const name of [...PRODUCT_FUNCTIONS, 'count']) {
    mkdirSync(join(folder, name), { recursive: true })
    writeFileSync(join(folder, name, 'index.mjs'), '')
  }
  const step = {
    name: 'count',
    abortable: 'checkpoint',
    clean_up_after: 'lease',
    irreversible: null,
    hooks: [],
  }
  writeFileSync(join(folder, 'count/step.json'), JSON.stringify(step))
})
afterAll(() => rmSync(folder, { recursive: true }))

const emptyApp = (): App => new App({ context: { [BUNDLES_CONTEXT]: folder }, autoSynth: false })

function controlIn(stack: Stack, props: JobControlProps = {}): JobControl {
  return new JobControl(stack, 'JobControl', props)
}

function jobIn(stack: Stack, control: JobControl, name: string): void {
  const { prefix } = control
  const existing = stack.node.tryFindChild('CountStep') as StepFunction | undefined
  const count = existing ?? new StepFunction(stack, 'CountStep', { entry: 'count.ts', prefix })
  const template = { name, description: 'counts' }
  new AbortableJob(stack, name, { control, template, definition: (steps) => steps.task(count) })
}

const propertiesOf = (template: Template, type: string): Properties[] =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties)

describe('sixty job templates in three stacks beside their control’s', () => {
  const names = Array.from({ length: 60 }, (_, i) => `night-report-of-branch-${i}`)
  let control: Template
  let jobs: Template[]
  beforeAll(() => {
    const app = emptyApp()
    const home = new Stack(app, 'Control')
    const shared = controlIn(home)
    const stacks = [0, 1, 2].map((i) => new Stack(app, `Jobs${i}`))
    for (const [i, name] of names.entries()) jobIn(stacks[i % 3]!, shared, `${name}`)
    control = Template.fromStack(home)
    jobs = stacks.map((stack) => Template.fromStack(stack))
  }, 120_000)

  test('no stack refers to another', () => {
    for (const template of [control, ...jobs]) {
      expect(JSON.stringify(template.toJSON())).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput/)
    }
  })

  test('each function’s environment fits into the 4 KB that Lambda has for it', () => {
    for (const { Environment } of propertiesOf(control, 'AWS::Lambda::Function')) {
      expect(
        readable({ 'Fn::Join': ['', Object.entries(Environment?.Variables ?? {}).flat() as string[]] })
          .length,
      ).toBeLessThan(4_096)
    }
  })

  test('each event pattern fits into its 2,048 characters, and no machine is forgotten', () => {
    const patterns = propertiesOf(control, 'AWS::Events::Rule').flatMap(
      ({ EventPattern }) => EventPattern ?? [],
    )
    const machines = patterns.flatMap(({ detail }) => detail.stateMachineArn.map(readable) as string[])
    for (const { detail } of patterns) {
      expect(JSON.stringify(detail.stateMachineArn.map(readable)).length).toBeLessThan(2_048)
    }
    for (const name of names)
      expect(machines.filter((arn) => arn.endsWith(`:standdown-${name}`))).toHaveLength(1)
  })

  test('each role’s policies fit into what IAM takes', () => {
    for (const policy of propertiesOf(control, 'AWS::IAM::Policy')) {
      expect(sizeOf(policy.PolicyDocument)).toBeLessThan(10_240)
    }
    const managed = propertiesOf(control, 'AWS::IAM::ManagedPolicy')
    for (const policy of managed) expect(sizeOf(policy.PolicyDocument)).toBeLessThan(6_144)
    const roles = managed.flatMap(({ Roles }) => Roles.map(readable) as string[])
    for (const role of new Set(roles))
      expect(roles.filter((one) => one === role).length).toBeLessThanOrEqual(9)
  })

  test('the stand-down may call their steps, and they know the table, by name', () => {
    const [step] = propertiesOf(jobs[0]!, 'AWS::Lambda::Function')
    expect(step?.Environment.Variables.TABLE_NAME).toBe('standdown-jobs')
    const calls = JSON.stringify(propertiesOf(control, 'AWS::IAM::Policy'))
    expect(calls).toContain(':function:standdown-count:*')
  })
})

/** White space does not count, pseudo-parameters do as what they become. */
const sizeOf = (document: object): number =>
  JSON.stringify(document)
    .replaceAll('{"Ref":"AWS::Partition"}', 'aws')
    .replaceAll('{"Ref":"AWS::Region"}', 'us-gov-west-1')
    .replaceAll('{"Ref":"AWS::AccountId"}', '000000000000')
    .replaceAll(/\{"Fn::Join":\["",\[(.*?)\]\]\}/g, (_, parts: string) =>
      parts.replaceAll('","', '').replaceAll('",', '').replaceAll(',"', ''),
    ).length

test('two controls in one account, and in one stack, have no name in common', () => {
  const app = emptyApp()
  const stack = new Stack(app, 'Both')
  for (const prefix of ['standdown', 'acme']) {
    const scope = new JobControl(stack, prefix, { prefix })
    const count = new StepFunction(stack, `Count-${prefix}`, { entry: 'count.ts', prefix })
    const template = { name: 'count', description: 'counts' }
    new AbortableJob(stack, `Job-${prefix}`, {
      control: scope,
      template,
      definition: (steps) => steps.task(count),
    })
  }
  const template = Template.fromStack(stack)
  const NAMES = /^(StateMachineName|TableName|QueueName|LogGroupName|DashboardName|RegistryName|Name)$/
  const resources = Object.values(
    template.toJSON().Resources as Record<string, { Type: string; Properties?: Properties }>,
  )
  const names = resources.flatMap(({ Type, Properties = {} }) =>
    Object.entries(Properties).flatMap(([key, value]) =>
      NAMES.test(key) || `${Type}.${key}` === 'AWS::Lambda::Function.FunctionName'
        ? [`${Type} ${readable(value)}`]
        : [],
    ),
  )
  expect(names.length).toBeGreaterThan(30)
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
  expect(template.toJSON().Outputs).toHaveProperty('ApiUrl')
})

describe('what an account has already', () => {
  const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1234'
  const synth = (props: (stack: Stack) => JobControlProps, more?: (stack: Stack) => void): Template => {
    const stack = new Stack(emptyApp(), 'Control')
    const control = controlIn(stack, props(stack))
    jobIn(stack, control, 'count')
    more?.(stack)
    return Template.fromStack(stack)
  }

  test('a key encrypts the table, and whoever uses the table may use the key', () => {
    const template = synth((stack) => ({ encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY) }))
    const [table] = propertiesOf(template, 'AWS::DynamoDB::Table')
    expect(table?.SSESpecification).toEqual({ SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: KEY })
    const users = propertiesOf(template, 'AWS::IAM::Policy').filter(({ PolicyDocument }) =>
      JSON.stringify(PolicyDocument).includes('dynamodb:UpdateItem'),
    )
    expect(users.length).toBeGreaterThan(5)
    for (const { PolicyDocument } of users) expect(JSON.stringify(PolicyDocument)).toContain(KEY)
  })

  test('every function that all jobs share joins the subnets that it is given', () => {
    const network = { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] }
    const template = synth(() => ({ network }))
    const outside = propertiesOf(template, 'AWS::Lambda::Function').filter(({ VpcConfig }) => !VpcConfig)
    expect(outside.map(({ FunctionName }) => FunctionName)).toEqual(['standdown-count'])
  })

  test('a permissions boundary and tags reach every role', () => {
    const boundary = iam.ManagedPolicy.fromManagedPolicyArn
    const template = synth(
      () => ({}),
      (stack) => {
        iam.PermissionsBoundary.of(stack).apply(
          boundary(stack, 'Boundary', 'arn:aws:iam::111122223333:policy/developers'),
        )
        Tags.of(stack).add('cost-centre', '42')
      },
    )
    const roles = propertiesOf(template, 'AWS::IAM::Role')
    expect(roles.length).toBeGreaterThan(10)
    for (const { PermissionsBoundary: given, Tags: tags } of roles) {
      expect(given).toBe('arn:aws:iam::111122223333:policy/developers')
      expect(tags).toContainEqual({ Key: 'cost-centre', Value: '42' })
    }
  })
})

test('a job in another region than its control is refused', () => {
  const app = emptyApp()
  const env = (region: string): StackProps => ({ env: { account: '111122223333', region } })
  const control = controlIn(new Stack(app, 'Control', env('eu-central-1')))
  expect(() => jobIn(new Stack(app, 'Jobs', env('us-east-1')), control, 'count')).toThrow(
    /another region or account/,
  )
})

test('for one machine no schemas are published, which an emulator may not know', () => {
  const typesIn = (local: boolean): Set<string> => {
    const app = emptyApp()
    app.node.setContext(LOCAL_CONTEXT, local)
    const stack = new Stack(app, 'Control')
    jobIn(stack, controlIn(stack), 'count')
    const { Resources } = Template.fromStack(stack).toJSON() as {
      Resources: Record<string, { Type: string }>
    }
    return new Set(Object.values(Resources).map(({ Type }) => Type))
  }
  const onlyOnAws = [...typesIn(false)].filter((type) => !typesIn(true).has(type))
  expect(onlyOnAws.sort()).toEqual(['AWS::EventSchemas::Registry', 'AWS::EventSchemas::Schema'])
})
