import type { Template } from 'aws-cdk-lib/assertions'
import { beforeAll, expect, test } from 'vitest'
import { readable, statementsOf, synthesize } from './synth.ts'

const KEY = 'arn:aws:kms:us-east-1:000000000000:key/photos'
const BUCKET = 'arn:<AWS::Partition>:s3:::photos'
let template: Template

beforeAll(async () => {
  template = await synthesize({ buckets: ['photos'], keys: [KEY] })
})

/** `StartExecution stateMachine:stand-down` for each state machine action of the function's role. */
function statesOf(name: string): string[] {
  const arn = /^arn:.*:(stateMachine|execution):standdown-([a-z-]+)(:\*)?$/
  return grantsOf(name, 'states:').flatMap(({ actions, resources }) =>
    actions.flatMap((action) => resources.map((one) => `${action} ${one.replace(arn, '$1:$2')}`)),
  )
}

function grantsOf(name: string, service: string) {
  const functions = Object.values(template.findResources('AWS::Lambda::Function'))
  const fn = functions.find(({ Properties }) => Properties.FunctionName === `standdown-${name}`)
  const role = readable(fn?.Properties.Role).replace(/^<|\.Arn>$/g, '')
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([, { Properties }]) => Properties.Roles[0].Ref === role)
    .map(([id]) => id)
  return statementsOf(template)
    .filter(({ policy }) => policies.includes(policy))
    .map(({ actions, resources }) => ({
      actions: actions.filter((a) => a.startsWith(service)).map((a) => a.slice(service.length)),
      resources,
    }))
    .filter(({ actions }) => actions.length > 0)
}

const START = 'StartExecution stateMachine:object-migration'
const STAND_DOWN = 'StartExecution stateMachine:stand-down'
const FOLLOW_STAND_DOWN = [STAND_DOWN, 'DescribeExecution execution:stand-down']
const STOP = 'StopExecution execution:object-migration'
const DESCRIBE = 'DescribeExecution execution:object-migration'
const TEMPLATE = 'DescribeStateMachine stateMachine:object-migration'
const TEMPLATE_OF = [TEMPLATE, 'DescribeStateMachineForExecution execution:object-migration']
const LIST = 'ListExecutions stateMachine:object-migration'

test.each([
  ['api-execute-job', [START, STOP, TEMPLATE]],
  ['api-abort-job', [STOP, STAND_DOWN, ...TEMPLATE_OF]],
  ['api-jobs', TEMPLATE_OF],
  ['events-settle', [START, STOP, DESCRIBE, ...FOLLOW_STAND_DOWN]],
  ['events-sweep', [START, STOP, DESCRIBE, LIST, TEMPLATE, ...FOLLOW_STAND_DOWN]],
  ['events-notify', []],
  ['stand-down-drain', []],
  ['stand-down-clean-up', TEMPLATE_OF],
  ['stand-down-settle', [STOP, DESCRIBE, ...TEMPLATE_OF]],
  ['steps-commit', [STOP, DESCRIBE, STAND_DOWN]],
  ['steps-object-migration-copy-objects', [STOP, DESCRIBE]],
])('the function %s may call of Step Functions what it calls, and no more', (name, calls) => {
  expect(statesOf(name).sort()).toEqual([...calls].sort())
})

test.each([
  ['api-jobs', ['by_template']],
  ['events-sweep', ['active']],
  ['api-abort-job', []],
])('the function %s may query the indexes it needs', (name, indexes) => {
  const queried = grantsOf(name, 'dynamodb:').flatMap(({ resources }) => resources)
  expect(
    queried.filter((arn) => arn.includes('/index/')).map((arn) => arn.replace(/.*\/index\//, '')),
  ).toEqual(indexes)
})

const READS = ['GetObject']
const WRITES = ['GetObjectTagging', 'PutObject', 'PutObjectTagging', 'DeleteObject']
const UPLOADS = ['AbortMultipartUpload', 'ListMultipartUploadParts']

test.each([
  ['list-objects', ['ListBucket'], []],
  ['copy-objects', ['ListBucket', 'ListBucketMultipartUploads'], [...READS, ...WRITES, ...UPLOADS]],
  ['verify', ['ListBucket'], READS],
  ['delete-source', ['ListBucket'], [...READS, 'DeleteObject']],
])('the step %s may do in the migrated buckets what it does there', (name, onBucket, onObjects) => {
  const grants = grantsOf(`steps-object-migration-${name}`, 's3:')
  const on = (arn: string) =>
    grants.filter(({ resources }) => resources.includes(arn)).flatMap(({ actions }) => actions)
  expect(on(BUCKET).sort()).toEqual([...onBucket].sort())
  expect(on(`${BUCKET}/*`).sort()).toEqual([...onObjects].sort())
})

test.each([
  ['list-objects', []],
  ['copy-objects', ['Decrypt', 'GenerateDataKey']],
  ['verify', ['Decrypt']],
  ['delete-source', []],
])('the step %s may use the key of an encrypted bucket for what it reads and writes', (name, actions) => {
  const grants = grantsOf(`steps-object-migration-${name}`, 'kms:')
  expect(grants.flatMap((granted) => granted.actions)).toEqual(actions)
  for (const { resources } of grants) expect(resources).toEqual([KEY])
})
