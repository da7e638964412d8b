import { beforeAll, expect, test } from 'vitest'
import { Deployed } from '../deployed.ts'
import { synthesize } from '../synth.ts'

let deployed: Deployed

/** Everything that a deployment can name is named: a right that comes with one of these shows. */
beforeAll(async () => {
  const options = {
    buckets: ['photos'],
    keys: ['arn:aws:kms:eu-west-1:111122223333:key/1'],
    documents: ['AWS-RunShellScript'],
    actionFunctions: ['acme-*'],
    network: { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] },
    openStack: { keystoneUrl: 'https://keystone.example' },
  }
  deployed = new Deployed(await synthesize({ ...options, nag: false }))
})

/** What every function has, and what every step, and every door that starts and aborts jobs, is permitted elsewhere. */
const SHARED = /^(logs|xray|dynamodb|states):/
const INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
]
const READ = ['s3:GetObject', 's3:ListBucket', 's3:PutObject']
const SECRET = 'secretsmanager:GetSecretValue'
const KEYS = ['kms:Decrypt', 'kms:GenerateDataKey']

const OWN: Record<string, string[]> = {
  'steps-commit': [],
  'steps-external': [],
  'steps-object-migration-list-objects': [
    ...[...READ, ...KEYS, SECRET, 's3:DeleteObject', 's3:GetBucketObjectLockConfiguration'],
    ...['s3:GetBucketOwnershipControls', 's3:GetBucketVersioning', 's3:GetEncryptionConfiguration'],
  ],
  'steps-object-migration-copy-objects': [
    ...[...READ, ...KEYS, SECRET, 's3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetBucketWebsite'],
    ...['s3:GetObjectTagging', 's3:ListBucketMultipartUploads', 's3:ListMultipartUploadParts'],
    's3:PutObjectTagging',
  ],
  'steps-object-migration-verify': [...READ, 'kms:Decrypt', SECRET],
  'steps-object-migration-confirm': READ,
  'steps-object-migration-delete-source': [...READ, 's3:DeleteObject', SECRET],
  'steps-object-migration-report': READ,
  'steps-fabric-run-playbook': [
    ...['ssm:CancelCommand', 'ssm:DescribeDocument', 'ssm:GetCommandInvocation'],
    ...['ssm:ListCommandInvocations', 'ssm:ListCommands', 'ssm:SendCommand'],
  ],
  'steps-action-plan-run-action': [...INTERFACES, 'lambda:InvokeFunction', SECRET],
  'steps-node-power-set-power': [...INTERFACES, SECRET],
  'doors-ironic-sync-power': [...INTERFACES, SECRET],
  'doors-ironic-handler': ['lambda:InvokeFunction'],
  'doors-openstack-authorize': INTERFACES,
  'doors-watcher-handler': [],
  'doors-watcher-child-job': [],
  'doors-watcher-next-action': [],
  'doors-watcher-notify': [
    'events:PutEvents',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:SendMessage',
  ],
}

test('each step and each function of a door has its own calls, and no other', () => {
  const found = deployed.functions
    .filter(({ properties }) => /^standdown-(steps|doors)-/.test(properties.FunctionName))
    .map((fn) => {
      const own = deployed.statementsOf(fn).flatMap(({ actions }) => actions)
      const name: string = fn.properties.FunctionName.replace(/^standdown-/, '')
      return [name, [...new Set(own)].filter((action) => !SHARED.test(action)).sort()]
    })
  const expected = Object.entries(OWN).map(([name, own]) => [name, own.toSorted()])
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected))
})

test.each([
  ['steps-action-plan-run-action', 'action-plan'],
  ['steps-node-power-set-power', 'node-power'],
  ['doors-ironic-sync-power', 'node-power'],
  ['steps-object-migration-copy-objects', 'object-migration'],
])('%s reads secrets below standdown/ that are tagged %s, and no others', (name, tag) => {
  const fn = deployed.functionNamed(`standdown-${name}`)
  const reading = deployed.statementsOf(fn).filter(({ actions }) => actions.includes(SECRET))
  expect(reading).toMatchObject([
    {
      resources: [expect.stringMatching(/:secret:standdown\/\*$/)],
      conditions: { StringEquals: { 'aws:ResourceTag/standdown': tag } },
    },
  ])
})
