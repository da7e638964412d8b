import { Match, type Template } from 'aws-cdk-lib/assertions'
import { compilePattern } from 'standdown-local/pattern'
import { beforeAll, describe, expect, test } from 'vitest'
import { notificationCount } from '#core/notifications/rules.ts'
import { STATES, type State } from '#core/states.ts'
import { parseTemplate } from '#core/template.ts'
import { readable, statementsOf, synthesize } from './synth.ts'

let template: Template

// cdk-nag runs within: synth() throws on a finding that nobody gave a reason for.
beforeAll(async () => {
  template = await synthesize()
})

const MIGRATION =
  'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:stateMachine:standdown-object-migration'
const EXECUTIONS =
  'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:standdown-object-migration:*'

// biome-ignore lint/suspicious/noExplicitAny: a template's properties have no types
const propertiesOf = (type: string): Record<string, any>[] =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties)

type Index = { IndexName: string; KeySchema: { AttributeName: string }[] }

describe('permissions', () => {
  test('executions are stopped in no other machine than a job template', () => {
    const stops = statementsOf(template).filter(({ actions }) => actions.includes('states:StopExecution'))
    expect(stops.length).toBeGreaterThan(5)
    for (const { resources } of stops) expect(resources).toEqual([EXECUTIONS])
  })

  test('states are only reached in the machines of the product', () => {
    const own =
      /^arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:(stateMachine|execution):standdown-[a-z-]+(:\*)?$/
    const reached = statementsOf(template).filter(({ actions }) =>
      actions.some((a) => a.startsWith('states:')),
    )
    for (const resource of reached.flatMap(({ resources }) => resources)) expect(resource).toMatch(own)
  })

  test('only what AWS gives no resource has * as its resource', () => {
    const everywhere = statementsOf(template).filter(({ resources }) => resources.includes('*'))
    for (const action of everywhere.flatMap(({ actions }) => actions))
      expect(action).toMatch(/^xray:|^logs:|^dynamodb:ListStreams$/)
  })

  test('no action is a wildcard', () => {
    const actions = statementsOf(template).flatMap((statement) => statement.actions)
    expect(actions.filter((action) => action.includes('*'))).toEqual([])
  })

  test('nobody deletes or scans items, and the list of jobs writes none', () => {
    const statements = statementsOf(template)
    const tableActions = statements.flatMap(({ actions }) => actions.filter((a) => a.startsWith('dynamodb:')))
    expect(new Set(tableActions)).toEqual(
      new Set([
        'dynamodb:GetItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
        'dynamodb:PutItem',
        'dynamodb:DescribeStream',
        'dynamodb:GetRecords',
        'dynamodb:GetShardIterator',
        'dynamodb:ListStreams',
      ]),
    )
    const jobs = statements.filter(({ policy }) => policy.startsWith('JobControlApiJobs'))
    expect(jobs.length).toBeGreaterThan(0)
    expect(jobs.flatMap(({ actions }) => actions)).not.toContain('dynamodb:UpdateItem')
  })

  test('the stand-down may invoke the steps of every job', () => {
    const machine = statementsOf(template).filter(({ policy }) =>
      policy.startsWith('JobControlStandDownMachine'),
    )
    const invoked = machine.filter(({ actions }) => actions.includes('lambda:InvokeFunction'))
    const steps = Object.keys(template.findResources('AWS::Lambda::Function')).filter((id) =>
      id.startsWith('ObjectMigration'),
    )
    expect(steps).toHaveLength(4)
    for (const step of steps) expect(invoked.flatMap(({ resources }) => resources)).toContain(`<${step}.Arn>`)
  })
})

describe('the table', () => {
  test('keeps old and new images, expires items and can be restored', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    })
  })

  test('is found by what is active and by template', () => {
    const [table] = propertiesOf('AWS::DynamoDB::Table')
    const keys = table?.GlobalSecondaryIndexes.map((index: Index) => [
      index.IndexName,
      ...index.KeySchema.map((key) => key.AttributeName),
    ])
    expect(keys).toEqual([
      ['active', 'active', 'updated_at'],
      ['by_template', 'template', 'list_key'],
    ])
  })
})

describe('the API', () => {
  test('has these routes, and each asks for an IAM signature', () => {
    const routes = propertiesOf('AWS::ApiGatewayV2::Route')
    expect(
      routes.map(({ RouteKey, AuthorizationType }) => `${RouteKey} ${AuthorizationType}`).sort(),
    ).toEqual([
      'GET /jobs AWS_IAM',
      'GET /jobs/{id} AWS_IAM',
      'GET /jobs/{id}/events AWS_IAM',
      'GET /templates AWS_IAM',
      'POST /abort-job AWS_IAM',
      'POST /execute-job AWS_IAM',
      'POST /jobs/{id}/abort AWS_IAM',
      'POST /v1/{tenantId}/jobs/{id}/abort AWS_IAM',
    ])
  })

  test('logs who called', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      AccessLogSettings: { Format: Match.stringLikeRegexp('requestId.*identity.userArn') },
      DefaultRouteSettings: { ThrottlingRateLimit: Match.anyValue() },
    })
  })
})

describe('events', () => {
  test('the end of any job execution is settled', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
    })
    const watched = propertiesOf('AWS::Events::Rule').flatMap(
      ({ EventPattern }) => EventPattern?.detail.stateMachineArn ?? [],
    )
    expect(watched.map(readable)).toContain(MIGRATION)
  })

  test('what cannot be delivered is kept in a queue that only takes TLS', () => {
    const targets = propertiesOf('AWS::Events::Rule').flatMap(({ Targets }) => Targets)
    expect(targets.length).toBeGreaterThan(2)
    for (const target of targets) expect(target.DeadLetterConfig.Arn).toBeDefined()
    template.resourceCountIs('AWS::SQS::Queue', 2)
    template.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    })
  })

  test("the table's stream is told of jobs and steps, from its beginning, and loses none", () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    })
  })

  describe('lets every change through that means a notification', () => {
    const passes = (sk: string, state: State): boolean => {
      const [mapping] = propertiesOf('AWS::Lambda::EventSourceMapping')
      const filters: { Pattern: string }[] = mapping!.FilterCriteria.Filters
      const record = { dynamodb: { Keys: { sk: { S: sk } }, NewImage: { state: { S: state } } } }
      return filters.some(({ Pattern }) => compilePattern(JSON.parse(Pattern))(record))
    }
    const edges = STATES.flatMap((from) => STATES.map((to) => [from, to] as const))

    test.each(edges)('from %s to %s', (from, to) => {
      if (notificationCount('job', from, to) > 0) expect(passes('JOB', to)).toBe(true)
      if (notificationCount('step', from, to) > 0) expect(passes('STEP#00001#copy', to)).toBe(true)
    })

    test('and neither the claims of steps nor the notifications themselves', () => {
      expect(passes('STEP#00001#copy', 'ONGOING')).toBe(false)
      expect(passes('STEP#00001#copy', 'SUCCEEDED')).toBe(false)
      expect(passes('NOTIFICATION#2026', 'CANCELLED')).toBe(false)
    })
  })
})

test('every function has a log group that ends, traces, and its own name', () => {
  const functions = propertiesOf('AWS::Lambda::Function')
  expect(functions).toHaveLength(14)
  for (const fn of functions) {
    expect(fn.FunctionName).toMatch(/^standdown-(api|events|stand-down|steps)-/)
    expect(fn.TracingConfig).toEqual({ Mode: 'Active' })
    expect(fn.LoggingConfig.LogGroup).toBeDefined()
  }
  for (const { RetentionInDays } of propertiesOf('AWS::Logs::LogGroup')) expect(RetentionInDays).toBe(90)
})

test('both machines are traced, and log events without the data', () => {
  const machines = propertiesOf('AWS::StepFunctions::StateMachine')
  expect(machines).toHaveLength(2)
  for (const machine of machines) {
    expect(machine.TracingConfiguration).toEqual({ Enabled: true })
    expect(machine.LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false })
  }
})

test('functions are told the templates by name', () => {
  const [jobs] = propertiesOf('AWS::Lambda::Function').filter(
    (fn) => fn.FunctionName === 'standdown-api-jobs',
  )
  expect(readable(jobs?.Environment.Variables.TEMPLATES)).toBe(`{"object-migration":"${MIGRATION}"}`)
})

test('the deployed migration tells its steps in the order of the chain', () => {
  const machine = propertiesOf('AWS::StepFunctions::StateMachine').find(
    ({ StateMachineName }) => StateMachineName === 'standdown-object-migration',
  )
  const told = parseTemplate('arn', readable(machine?.DefinitionString))
  expect(told).toMatchObject({
    name: 'object-migration',
    abort_modes: ['graceful', 'force'],
    input_schema: { required: ['source', 'destination'], additionalProperties: false },
  })
  expect(told.steps.map(({ name, order, mapped }) => [name, order, mapped])).toEqual([
    ['list-objects', 1, false],
    ['copy-objects', 2, true],
    ['verify', 3, false],
    ['delete-source', 4, false],
  ])
})
