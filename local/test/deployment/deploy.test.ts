import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Deployment, deploy } from '#local/deployment/deploy.ts'
import { Ledger } from '#local/deployment/ledger.ts'
import type { Json, Resource } from '#local/template/assembly.ts'
import { readTemplate } from '#local/template/read-template.ts'
import { temporaryFolder, writeAssembly } from '../fixtures/assembly.ts'

const URLS = { apiUrl: 'http://127.0.0.1:1', awsUrl: 'http://127.0.0.1:2' }
const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:worker'
const KEPT = { DeletionPolicy: 'RetainExceptOnCreate' }

let dataDir: string
beforeEach(() => {
  dataDir = temporaryFolder()
})

const worker = (more: object = {}): Resource => ({
  Type: 'AWS::Lambda::Function',
  Properties: { FunctionName: 'worker', Handler: 'index.handler', Code: { S3Key: 'code.zip' } },
  ...more,
})
const version = (more: object = {}): Resource => ({
  Type: 'AWS::Lambda::Version',
  Properties: { FunctionName: { Ref: 'Worker' } },
  ...more,
})
const machine = (calls: Json, more: object = {}): Resource => {
  const definition = { 'Fn::Join': ['', ['{"StartAt":"A","Resource":"', calls, '"}']] }
  const Properties = { StateMachineName: 'job', DefinitionString: definition, RoleArn: 'role' }
  return { Type: 'AWS::StepFunctions::StateMachine', Properties, ...more }
}

type Deployed = Deployment & { machines: string[] }

/** Deploys the resources; the assembly itself is gone afterwards. */
function deployed(Resources: Record<string, Resource>, code = '// 1'): Deployed {
  const assembly = writeAssembly({ Resources }, code)
  const ledger = new Ledger(dataDir)
  const model = readTemplate(assembly, URLS, ledger)
  const deployment = deploy(model, ledger, dataDir)
  rmSync(assembly, { recursive: true })
  return { ...deployment, machines: model.stateMachines.map(({ definition }) => definition) }
}

/** What a function's code says, by its ARN; null where it went with its assembly. */
const codes = ({ functions }: Deployment): Record<string, string | null> =>
  Object.fromEntries(
    functions.map(({ arn, codeDir }) => {
      const path = join(codeDir, 'index.mjs')
      return [arn, existsSync(path) ? readFileSync(path, 'utf8') : null]
    }),
  )

describe('a published version', () => {
  test('keeps the code that it was published with, and machines name it by its number', () => {
    const first = deployed({ Worker: worker(), One: version(KEPT), Machine: machine({ Ref: 'One' }) })
    expect(codes(first)).toEqual({ [ARN]: null, [`${ARN}:1`]: '// 1' })
    const second = deployed(
      { Worker: worker(), Two: version(KEPT), Machine: machine({ Ref: 'Two' }) },
      '// 2',
    )
    expect(codes(second)).toEqual({ [ARN]: null, [`${ARN}:1`]: '// 1', [`${ARN}:2`]: '// 2' })
    expect(second.machines).toEqual([`{"StartAt":"A","Resource":"${ARN}:2"}`])
  })

  test('stays the same where a deployment does not change it', () => {
    const resources = { Worker: worker(), One: version(KEPT) }
    deployed(resources)
    expect(codes(deployed(resources, '// 2'))).toEqual({ [ARN]: null, [`${ARN}:1`]: '// 1' })
  })

  test('keeps the settings of its function, too', () => {
    const set = (STAGE: string): Resource => {
      const fn = worker()
      return { ...fn, Properties: { ...fn.Properties, Environment: { Variables: { STAGE } } } }
    }
    deployed({ Worker: set('a'), One: version(KEPT) })
    const { functions } = deployed({ Worker: set('b'), Two: version(KEPT) })
    expect(functions.map(({ arn, environment }) => [arn, environment.STAGE])).toEqual([
      [ARN, 'b'],
      [`${ARN}:2`, 'b'],
      [`${ARN}:1`, 'a'],
    ])
  })

  test('is deleted with its removal from the template unless it is retained, and its number never comes again', () => {
    deployed({ Worker: worker(), One: version() })
    expect(Object.keys(codes(deployed({ Worker: worker(), Two: version() })))).toEqual([ARN, `${ARN}:2`])
    expect(Object.keys(codes(deployed({ Worker: worker() })))).toEqual([ARN])
    expect(Object.keys(codes(deployed({ Worker: worker(), Three: version() })))).toEqual([ARN, `${ARN}:3`])
  })

  test('of a deployment that a kill cut off is published anew', () => {
    const ledger = new Ledger(dataDir)
    const assembly = writeAssembly({ Resources: { Worker: worker(), Lost: version(KEPT) } }, '// lost')
    readTemplate(assembly, URLS, ledger)
    new Ledger(dataDir).save()
    expect(codes(deployed({ Worker: worker(), One: version(KEPT) }))).toMatchObject({ [`${ARN}:1`]: '// 1' })
  })
})

describe('a function that is removed from the template', () => {
  test('is deleted with all its versions, also with those that are retained', () => {
    deployed({ Worker: worker(), One: version(KEPT) })
    expect(codes(deployed({}))).toEqual({})
    expect(existsSync(join(dataDir, 'functions/worker'))).toBe(false)
  })

  test('stays with its code and its retained versions where it is retained', () => {
    deployed({ Worker: worker(KEPT), One: version(KEPT) })
    expect(codes(deployed({}))).toEqual({ [ARN]: '// 1', [`${ARN}:1`]: '// 1' })
    expect(codes(deployed({}))).toEqual({ [ARN]: '// 1', [`${ARN}:1`]: '// 1' })
  })
})

test('a state machine that is removed from the template stays where it is retained, else it is gone', () => {
  deployed({ Worker: worker(KEPT), One: version(KEPT), Machine: machine({ Ref: 'One' }, KEPT) })
  expect(deployed({}).machines).toEqual([`{"StartAt":"A","Resource":"${ARN}:1"}`])
  deployed({ Worker: worker(KEPT), One: version(KEPT), Machine: machine({ Ref: 'One' }) })
  expect(deployed({}).machines).toEqual([])
})

test('a policy of what is not here is remembered as far as it can be worked out', () => {
  const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: { 'Fn::ImportValue': 'elsewhere' } }
  const Properties = { PolicyDocument: { Statement: [statement] }, Roles: [{ Ref: 'Role' }] }
  const { ledger } = deployed({
    Role: { Type: 'AWS::IAM::Role', Properties: {} },
    Policy: { Type: 'AWS::IAM::Policy', Properties },
  })
  expect(ledger.ofType('AWS::IAM::Policy')[0]?.properties).toEqual({
    PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '<unknown>' }] },
    Roles: ['Role'],
  })
})
