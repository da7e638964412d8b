import { describe, expect, test } from 'vitest'
import { type Deployed, type Resource, readable } from './deployed.ts'
import { everyApp } from './synth.ts'

/** Of every template, also of those that are not in the code any more. */
const EXECUTIONS = 'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:standdown-*:*'
/** The versions of every step, also of those that are not in the code any more. */
const VERSIONS = 'arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:standdown-*:*'

type Calls = {
  /** On the machine of every job template, or on executions of all of them. */
  jobs?: string[]
  standDown?: string[]
}

const TEMPLATE = 'DescribeStateMachine stateMachine'
const TEMPLATE_OF = [TEMPLATE, 'DescribeStateMachineForExecution execution']
const START = 'StartExecution stateMachine'
const STOP = 'StopExecution execution'
const DESCRIBE = 'DescribeExecution execution'
const LIST = 'ListExecutions stateMachine'

/** What the product's functions call of Step Functions; one that is not named calls nothing. */
const CALLS: Record<string, Calls> = {
  'api-execute-job': { jobs: [START, STOP, TEMPLATE] },
  'api-abort-job': { jobs: [STOP, ...TEMPLATE_OF], standDown: [START] },
  'api-jobs': { jobs: TEMPLATE_OF },
  'events-settle': { jobs: [START, STOP, DESCRIBE], standDown: [START, DESCRIBE] },
  'events-sweep': { jobs: [START, STOP, DESCRIBE, LIST], standDown: [START, DESCRIBE, LIST] },
  'stand-down-clean-up': { jobs: TEMPLATE_OF },
  'stand-down-settle': { jobs: [STOP, DESCRIBE, ...TEMPLATE_OF] },
  'steps-commit': { jobs: [STOP, DESCRIBE], standDown: [START] },
  'steps-external': { jobs: [STOP, DESCRIBE], standDown: [START] },
}

/** Which indexes they query; one that is not named queries none. */
const INDEXES: Record<string, string[]> = {
  'api-abort-job': ['active'],
  'api-jobs': ['active', 'by_template'],
  'events-sweep': ['active'],
}

const ITEMS = ['GetItem', 'Query', 'UpdateItem']
const STREAM = ['DescribeStream', 'GetRecords', 'GetShardIterator']

/** Of a function of the product, as its file: `standdown-api-jobs` is `api-jobs`. */
const fileOf = (functionName: string): string => functionName.replace(/^standdown-/, '')

/** `StopExecution execution:report` for each state machine action of the function's role. */
function callsOf(deployed: Deployed, name: string): string[] {
  const arn = /arn:.*:(stateMachine|execution):standdown-([a-z*-]+?)(:\*)?$/
  return deployed.allowed(deployed.functionNamed(name), 'states:').map((call) => call.replace(arn, '$1:$2'))
}

const on = (calls: string[] = [], machine: string): string[] => calls.map((call) => `${call}:${machine}`)

/** What is granted on machines is granted on each of them, what on executions on those of all. */
const onAll = (calls: string[] = [], templates: string[]): string[] =>
  calls.flatMap((call) =>
    call.endsWith(' execution') ? on([call], '*') : templates.flatMap((name) => on([call], name)),
  )

/** Functions of the product that the states of a job's machine call. */
const ASKED: Record<string, string[]> = { 'action-plan': ['standdown-doors-watcher-next-action'] }

everyApp((deployed) => {
  const tableArn = () => `<${deployed().all('AWS::DynamoDB::Table')[0]?.id}.Arn>`

  test('executions are stopped in the machines of this deployment, and in no others', () => {
    const stops = deployed().statements.filter(({ actions }) => actions.includes('states:StopExecution'))
    const executions = deployed().jobs.map(({ machine }) => machine.executions)
    expect([...new Set(stops.flatMap(({ resources }) => resources))].sort()).toEqual(
      [...executions, EXECUTIONS].sort(),
    )
  })

  test('states are only reached in the machines of the product', () => {
    const own = [EXECUTIONS, ...deployed().machines.flatMap(({ arn, executions }) => [arn, executions])]
    const reached = deployed().statements.filter(({ actions }) =>
      actions.some((a) => a.startsWith('states:')),
    )
    expect(reached.length).toBeGreaterThan(0)
    for (const resource of reached.flatMap(({ resources }) => resources)) expect(own).toContain(resource)
  })

  test('only what AWS gives no resource has * as its resource', () => {
    const noResource =
      /^xray:|^logs:|^dynamodb:ListStreams$|^ssm:(Cancel|List)Commands?|^ssm:GetCommandInvocation$/
    const everywhere = deployed().statements.filter(({ resources }) => resources.includes('*'))
    for (const action of everywhere.flatMap(({ actions }) => actions)) {
      expect(action).toMatch(noResource)
    }
  })

  test('no action is a wildcard', () => {
    const actions = deployed().statements.flatMap((statement) => statement.actions)
    expect(actions.filter((action) => action.includes('*'))).toEqual([])
  })

  test('nobody deletes or scans items of the job table', () => {
    const table = tableArn().replace('Arn>', '')
    const reaching = deployed().statements.filter(({ resources }) =>
      resources.some((arn) => arn.startsWith(table)),
    )
    const actions = new Set(reaching.flatMap((statement) => statement.actions))
    const known = [...ITEMS, 'PutItem', ...STREAM].map((action) => `dynamodb:${action}`)
    expect([...actions].sort()).toEqual(known.sort())
  })

  test('the list of jobs writes no items', () => {
    const calls = deployed().allowed(deployed().functionNamed('standdown-api-jobs'), 'dynamodb:')
    expect(calls).toContain(`GetItem ${tableArn()}`)
    expect(calls.filter((call) => /^(Update|Put|Delete)Item|^BatchWrite/.test(call))).toEqual([])
  })

  test('each function of the product may call of Step Functions what it calls, and no more', () => {
    const names = deployed().productFunctions.map(({ properties }) => fileOf(properties.FunctionName))
    expect(names).toEqual(expect.arrayContaining(Object.keys(CALLS)))
    for (const { properties } of deployed().productFunctions) {
      const { jobs, standDown } = CALLS[fileOf(properties.FunctionName)] ?? {}
      const expected = onAll(
        jobs,
        deployed().jobs.map(({ template }) => template.name),
      )
      expect(callsOf(deployed(), properties.FunctionName), properties.FunctionName).toEqual(
        [...expected, ...on(standDown, 'stand-down')].sort(),
      )
    }
  })

  test('each function that queries an index is permitted that one', () => {
    for (const fn of deployed().functions) {
      const queried = deployed()
        .allowed(fn, 'dynamodb:')
        .filter((call) => call.includes(`${tableArn()}/index/`))
      const name: string = fn.properties.FunctionName
      const expected = (INDEXES[fileOf(name)] ?? []).map((index) => `Query ${tableArn()}/index/${index}`)
      expect(queried, name).toEqual(expected)
    }
  })

  describe('a step', () => {
    test('may stop and look at executions of its own template, and call nothing else of Step Functions', () => {
      for (const job of deployed().jobs) {
        for (const { properties } of deployed().stepFunctions([job])) {
          const own = on([STOP, DESCRIBE], job.template.name).sort()
          expect(callsOf(deployed(), properties.FunctionName), properties.FunctionName).toEqual(own)
        }
      }
    })

    test('may read and change items of the job table', () => {
      for (const fn of deployed().stepFunctions()) {
        const calls = deployed()
          .allowed(fn, 'dynamodb:')
          .filter((call) => call.endsWith(` ${tableArn()}`))
        expect(calls, fn.properties.FunctionName).toEqual(
          ITEMS.map((action) => `${action} ${tableArn()}`).sort(),
        )
      }
    })
  })

  /** Itself, its versions, and the versions of steps that were removed. */
  const callsOfSteps = (steps: Resource[]): string[] =>
    [...steps.flatMap(({ id }) => [`<${id}.Arn>`, `<${id}.Arn>:*`]), VERSIONS].map(
      (arn) => `InvokeFunction ${arn}`,
    )

  test('the stand-down may invoke its own tasks and every version of the steps of every job, and nothing else', () => {
    const machine = deployed().machines.find(({ name }) => name === 'standdown-stand-down')!
    const names = ['stand-down-drain', 'stand-down-clean-up', 'stand-down-settle', 'steps-external']
    const tasks = names.map((name) => deployed().functionNamed(`standdown-${name}`).id)
    const steps = deployed().stepFunctions()
    expect(steps.length).toBeGreaterThan(0)
    expect(deployed().allowed(machine, 'lambda:')).toEqual(
      [...tasks.map((id) => `InvokeFunction <${id}.Arn>`), ...callsOfSteps(steps)].sort(),
    )
  })

  test('the machine of a job may invoke every version of its steps, the commit and whom it asks, and nothing else', () => {
    const { id: commit } = deployed().functionNamed('standdown-steps-commit')
    for (const job of deployed().jobs) {
      const asked = (ASKED[job.template.name] ?? []).map((name) => deployed().functionNamed(name).id)
      const plain = [commit, ...asked].map((id) => `InvokeFunction <${id}.Arn>`)
      const calls = [...plain, ...callsOfSteps(deployed().stepFunctions([job]))]
      expect(deployed().allowed(job.machine, 'lambda:'), job.template.name).toEqual(calls.sort())
    }
  })

  test('nobody but steps has published versions: a grant on all versions reaches no function of the product', () => {
    const versioned = deployed().versions.map(({ properties }) => readable(properties.FunctionName))
    const steps = deployed()
      .stepFunctions()
      .map(({ id }) => `<${id}>`)
    expect(versioned.sort()).toEqual(steps.sort())
  })
})
