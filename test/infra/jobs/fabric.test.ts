import { beforeAll, expect, test } from 'vitest'
import { Deployed } from '../deployed.ts'
import { synthesize } from '../synth.ts'

const ACCOUNT = 'arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>'
const NODES = [
  'SendCommand arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:instance/*',
  `SendCommand ${ACCOUNT}:managed-instance/*`,
]
const COMMANDS = ['CancelCommand', 'GetCommandInvocation', 'ListCommandInvocations', 'ListCommands']
let deployed: Deployed

const stepOf = (from: Deployed) => from.functionNamed('standdown-steps-fabric-run-playbook')
const grantsOf = (from: Deployed): string[] => from.allowed(stepOf(from), 'ssm:')

beforeAll(async () => {
  deployed = new Deployed(await synthesize({ documents: ['AWS-RunShellScript', 'Own-*'] }))
})

test('runs its one step for each playbook, one at a time', () => {
  const { template, machine } = deployed.jobs.find((job) => job.template.name === 'fabric')!
  expect(template).toMatchObject({
    abort_modes: ['graceful', 'force'],
    input_schema: { required: ['playbooks'], additionalProperties: false },
  })
  expect(template.steps.map(({ name, mapped }) => [name, mapped])).toEqual([['run-playbook', true]])
  expect(machine.definition.States.playbooks).toMatchObject({ Type: 'Map', MaxConcurrency: 1 })
})

test('no report of a playbook travels on: a Map’s result holds 256 KB', () => {
  const { machine } = deployed.jobs.find((job) => job.template.name === 'fabric')!
  const { ItemProcessor, ResultPath } = machine.definition.States.playbooks as unknown as {
    ItemProcessor: { States: Record<string, object> }
    ResultPath: null
  }
  expect(ResultPath).toBeNull()
  expect(ItemProcessor.States['run-playbook']).toMatchObject({ ResultSelector: { 'next.$': '$.next' } })
  expect(ItemProcessor.States['Playbook done']).toMatchObject({ Parameters: {}, End: true })
})

test('its step may send the documents that the deployment names, those of AWS from no account', () => {
  const documents = [
    'arn:<AWS::Partition>:ssm:<AWS::Region>::document/AWS-RunShellScript',
    `${ACCOUNT}:document/Own-*`,
  ]
  const onDocuments = documents.flatMap((arn) => [`SendCommand ${arn}`, `DescribeDocument ${arn}`])
  const onCommands = COMMANDS.map((action) => `${action} *`)
  expect(grantsOf(deployed)).toEqual([...onDocuments, ...NODES, ...onCommands].sort())
})

test('a tag that the deployment names bounds the nodes', async () => {
  const tagged = new Deployed(
    await synthesize({
      documents: ['AWS-RunShellScript'],
      nodeTag: { key: 'Fabric', value: 'yes' },
      nag: false,
    }),
  )
  const policies = tagged
    .all('AWS::IAM::Policy')
    .flatMap(({ properties }) => properties.PolicyDocument.Statement)
  const conditions = policies.map(({ Condition }) => Condition).filter(Boolean)
  expect(conditions).toContainEqual({ StringEquals: { 'ssm:resourceTag/Fabric': 'yes' } })
})

test('without a document it may send none', async () => {
  const none = new Deployed(await synthesize({ nag: false }))
  expect(grantsOf(none)).toEqual(COMMANDS.map((action) => `${action} *`))
})
