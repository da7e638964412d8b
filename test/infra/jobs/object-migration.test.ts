import { beforeAll, expect, test } from 'vitest'
import { Deployed } from '../deployed.ts'
import { synthesize } from '../synth.ts'

const KEY = 'arn:aws:kms:us-east-1:000000000000:key/photos'
const BUCKET = 'arn:<AWS::Partition>:s3:::photos'
let deployed: Deployed

beforeAll(async () => {
  deployed = new Deployed(await synthesize({ buckets: ['photos'], keys: [KEY] }))
})

function grantsOf(step: string, service: string) {
  return deployed
    .statementsOf(deployed.functionNamed(`standdown-steps-object-migration-${step}`))
    .map(({ actions, resources }) => ({
      actions: actions.filter((a) => a.startsWith(service)).map((a) => a.slice(service.length)),
      resources,
    }))
    .filter(({ actions }) => actions.length > 0)
}

test('tells its steps in the order of the chain', () => {
  const { template } = deployed.jobs.find((job) => job.template.name === 'object-migration')!
  expect(template).toMatchObject({
    abort_modes: ['graceful', 'force'],
    input_schema: { required: ['source', 'destination'], additionalProperties: false },
  })
  expect(template.steps.map(({ name, order, mapped }) => [name, order, mapped])).toEqual([
    ['list-objects', 1, false],
    ['copy-objects', 2, true],
    ['verify', 3, true],
    ['confirm', 4, false],
    ['delete-source', 5, true],
    ['report', 6, false],
  ])
})

const READS = ['GetObject']
const SETTINGS = [
  'GetBucketVersioning',
  'GetBucketObjectLockConfiguration',
  'GetBucketOwnershipControls',
  'GetEncryptionConfiguration',
]
const WRITES = ['GetObjectTagging', 'PutObject', 'PutObjectTagging', 'DeleteObject']
const UPLOADS = ['AbortMultipartUpload', 'ListMultipartUploadParts']

test.each([
  ['list-objects', ['ListBucket', ...SETTINGS], [...READS, 'PutObject', 'DeleteObject']],
  [
    'copy-objects',
    ['ListBucket', 'ListBucketMultipartUploads', 'GetBucketWebsite'],
    [...READS, ...WRITES, ...UPLOADS],
  ],
  ['verify', ['ListBucket'], READS],
  ['delete-source', ['ListBucket'], [...READS, 'DeleteObject']],
  ['confirm', [], []],
  ['report', [], []],
])('the step %s may do in the migrated buckets what it does there', (name, onBucket, onObjects) => {
  const grants = grantsOf(name, 's3:')
  const on = (arn: string) =>
    grants.filter(({ resources }) => resources.includes(arn)).flatMap(({ actions }) => actions)
  expect(on(BUCKET).sort()).toEqual([...onBucket].sort())
  expect(on(`${BUCKET}/*`).sort()).toEqual([...onObjects].sort())
})

test.each([
  ['list-objects', ['Decrypt', 'GenerateDataKey']],
  ['copy-objects', ['Decrypt', 'GenerateDataKey']],
  ['verify', ['Decrypt']],
  ['delete-source', []],
  ['confirm', []],
  ['report', []],
])('the step %s may use the key of an encrypted bucket for what it reads and writes', (name, actions) => {
  const grants = grantsOf(name, 'kms:')
  expect(grants.flatMap((granted) => granted.actions)).toEqual(actions)
  for (const { resources } of grants) expect(resources).toEqual([KEY])
})

test('the steps reach their work bucket and the buckets that the deployment names, no others', async () => {
  const reach = async (buckets: string[]) => {
    const made = new Deployed(await synthesize({ buckets, nag: false }))
    const work = made.all('AWS::S3::Bucket')[0]?.id
    const statements = made.statements.filter(({ actions }) => actions.some((a) => a.startsWith('s3:')))
    const arns = statements.flatMap(({ resources }) => resources)
    return [...new Set(arns.map((arn) => arn.replace(`<${work}.Arn>`, 'work')))].sort()
  }
  expect(await reach([])).toEqual(['work', 'work/destinations/*', 'work/jobs/*'])
  const photos = ['arn:<AWS::Partition>:s3:::photos-*', 'arn:<AWS::Partition>:s3:::photos-*/*']
  expect(await reach(['photos-*'])).toEqual([...photos, 'work', 'work/destinations/*', 'work/jobs/*'])
})

test.each(['list-objects', 'copy-objects', 'verify', 'delete-source'])(
  'the step %s can read secrets only below standdown/ and with the tag that lends them to migrations',
  (step) => {
    const role = deployed.functionNamed(`standdown-steps-object-migration-${step}`)
    const onSecrets = deployed
      .statementsOf(role)
      .filter(({ actions }) => actions.some((action) => action.startsWith('secretsmanager:')))
    expect(onSecrets).toMatchObject([
      {
        actions: ['secretsmanager:GetSecretValue'],
        resources: [expect.stringMatching(/:secret:standdown\/\*$/)],
      },
    ])
    expect(onSecrets[0]?.conditions).toEqual({
      StringEquals: { 'aws:ResourceTag/standdown': 'object-migration' },
    })
  },
)
