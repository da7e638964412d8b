import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type ForeignHooks,
  type ForeignRequest,
  type ForeignStore,
  foreignStore,
  s3Error,
} from './foreign-store.ts'
import { type MigrationJob, startJob } from './migration-job.ts'
import { jsonOf, keysOf, put } from './objects.ts'
import { MIB, type Stores, startStores } from './stores.ts'
import { newMemory } from './tools.ts'

let stores: Stores
let foreign: ForeignStore
beforeEach(async () => {
  stores = await startStores()
  foreign = await foreignStore(stores.from.endpoint)
  for (const key of ['a', 'b', 'c']) await put(stores.from, { key }, 10)
})
afterEach(async () => {
  await foreign.close()
  await stores.close()
})

/** Both ends in a store that is taken for Amazon S3, since none is named; `hooks` play it. */
function amazonJob(hooks: ForeignHooks, more: object = {}): MigrationJob {
  foreign.play({ ...listing({}), ...hooks })
  const connect = () => stores.connections.connect({ bucket: '', endpoint: foreign.endpoint })
  return startJob({ ...stores, connections: { ...stores.connections, connect } }, more)
}

/** The same where the store has a name, and is another's. */
function foreignJob(hooks: ForeignHooks, more: object = {}): MigrationJob {
  foreign.play({ ...listing({}), ...hooks })
  const at = (bucket: string) => ({ bucket, endpoint: foreign.endpoint })
  return startJob(stores, { source: at('from'), destination: at('target'), ...more })
}

const lists = ({ bucket, query }: ForeignRequest): boolean => bucket === 'from' && query.has('list-type')

/** Lists objects without checksums, and otherwise: `entry` is what stands in place of the class, by key. */
const listing = (entry: Record<string, string>): ForeignHooks => ({
  answer: (request, answer) => {
    if (!lists(request)) return undefined
    const plain = String(answer.body).replace(/<(Checksum\w+)>.*?<\/\1>/g, '')
    const changed = plain.replace(/<Contents>.*?<\/Contents>/gs, (contents) => {
      const key = /<Key>(.*?)<\/Key>/.exec(contents)?.[1] ?? ''
      const instead = entry[key]
      return instead === undefined ? contents : contents.replace(/<StorageClass>.*?<\/StorageClass>/, instead)
    })
    return { ...answer, body: changed }
  },
})

const ofClass = (name: string): string => `<StorageClass>${name}</StorageClass>`
const restored = (inProgress: boolean): string =>
  `<RestoreStatus><IsRestoreInProgress>${inProgress}</IsRestoreInProgress>` +
  `${inProgress ? '' : '<RestoreExpiryDate>2099-01-01T00:00:00.000Z</RestoreExpiryDate>'}</RestoreStatus>`
const summed = (algorithm: string): string => `<ChecksumAlgorithm>${algorithm}</ChecksumAlgorithm>`

const summing = listing({
  a: ofClass('STANDARD') + summed('CRC64NVME'),
  b: ofClass('STANDARD') + summed('SHA256'),
  c: ofClass('STANDARD') + summed('CRC32'),
  large: ofClass('STANDARD') + summed('SHA256'),
})

const xml = (body: string) => ({ status: 200, headers: { 'content-type': 'application/xml' }, body })

/** What the store answers about the settings of a bucket, by the query that asks. */
const settings = (answers: Record<string, ReturnType<typeof s3Error>>, where = 'from'): ForeignHooks => ({
  request: ({ bucket, query }) => {
    const asked = Object.keys(answers).find((name) => query.has(name))
    return asked && bucket === where ? answers[asked] : undefined
  },
})

describe('what the listing tells', () => {
  test('storage classes other than STANDARD are counted by name, before the first copy and in the report', async () => {
    const job = amazonJob(
      listing({ a: ofClass('GLACIER_IR'), b: ofClass('GLACIER_IR'), c: ofClass('ONEZONE_IA') }),
    )
    const { not_kept } = await job.list()
    expect(await keysOf(stores.to, 'target')).toEqual([])
    expect(not_kept).toEqual([
      { what: 'storage-class', known: true, objects: 2, why: expect.stringContaining('of class GLACIER_IR') },
      { what: 'storage-class', known: true, objects: 1, why: expect.stringContaining('of class ONEZONE_IA') },
    ])
    await job.copy(0)
    expect((await job.verifyAll()).not_kept).toEqual(not_kept)
    const report = await jsonOf<object>(stores.from, `jobs/${job.job.job_execution_id}/report.json`)
    expect(report).toMatchObject({ not_kept })
  })

  test('however many classes a store names, few are told by name', async () => {
    const keys = Array.from({ length: 20 }, (_, i) => `many-${i}`)
    for (const key of keys) await put(stores.from, { key }, 1)
    const classes = Object.fromEntries(keys.map((key, i) => [key, ofClass(`CLASS_${i}`)]))
    const { not_kept = [] } = await foreignJob(listing(classes)).list()
    const counts = not_kept.filter(({ what }) => what === 'storage-class').map(({ objects }) => objects)
    expect(counts).toEqual([...Array(8).fill(1), 12])
  })

  test('an archived object is refused by key before the copy, and one that is restored is copied', async () => {
    const asked: unknown[] = []
    const played = listing({
      a: ofClass('GLACIER'),
      b: ofClass('DEEP_ARCHIVE') + restored(true),
      c: ofClass('GLACIER') + restored(false),
    })
    const request = (sent: ForeignRequest) =>
      lists(sent) ? void asked.push(sent.headers['x-amz-optional-object-attributes']) : undefined
    const job = amazonJob({ ...played, request })
    expect(await job.list()).toMatchObject({
      not_kept: expect.arrayContaining([
        { what: 'archived', known: true, objects: 2, why: expect.stringContaining('not restored') },
      ]),
    })
    expect(asked).toEqual(['RestoreStatus'])
    await job.copy(0)
    expect(await keysOf(stores.to, 'target')).toEqual(['c'])
    const path = `jobs/${job.job.job_execution_id}/results/00000.json`
    const { failures } = await jsonOf<{ failures: object[] }>(stores.from, path)
    expect(failures).toEqual([
      { key: 'a', reason: 'refused', message: expect.stringContaining('archived (GLACIER)') },
      { key: 'b', reason: 'refused', message: expect.stringContaining('archived (DEEP_ARCHIVE)') },
    ])
    await expect(job.verifyAll()).rejects.toThrow(/2 of 3 objects .*a \(refused: archived/)
  })

  test('a class of that name at another store is no archive: whether it can be read is seen by its copy', async () => {
    const job = foreignJob(listing({ a: ofClass('GLACIER') }))
    await job.copyAll()
    expect(await keysOf(stores.to, 'target')).toEqual(['a', 'b', 'c'])
  })

  test('archived objects fill batches as others do', async () => {
    const keys = Array.from({ length: 120 }, (_, i) => `old-${String(i).padStart(3, '0')}`)
    await Promise.all(keys.map((key) => put(stores.from, { key }, 1)))
    const archived = Object.fromEntries(keys.map((key) => [key, ofClass('GLACIER')]))
    expect(await amazonJob(listing(archived)).list()).toMatchObject({ batches: [0, 1], objects: 123 })
  })

  test.each([
    ['within Amazon S3 none, in one call', () => amazonJob(summing), {}],
    ['within Amazon S3 in parts', () => amazonJob(summing, { multipart_threshold_mib: 5 }), { SHA256: 1 }],
    [
      'to Amazon S3 from elsewhere',
      () => foreignJob(summing, { destination: { bucket: 'target' } }),
      { SHA256: 2, CRC32: 1 },
    ],
    ['to another store', () => foreignJob(summing), { CRC64NVME: 1, SHA256: 2, CRC32: 1 }],
  ])('checksums that a copy does not have are counted by name: %s', async (_, begin, counts) => {
    for (const key of ['d', 'large']) await put(stores.from, { key }, key === 'd' ? 1 : 6 * MIB)
    const { not_kept = [] } = await begin().list()
    const told = not_kept.filter(({ what }) => what === 'checksums')
    expect(Object.fromEntries(told.map(({ objects, why }) => [/\((.*?)\)/.exec(why)?.[1], objects]))).toEqual(
      counts,
    )
  })

  test('a listing that was cut off counts none of it twice', async () => {
    const keys = Array.from({ length: 250 }, (_, i) => `many/${String(i).padStart(3, '0')}`)
    await Promise.all(keys.map((key) => put(stores.from, { key }, 1)))
    const played = listing(Object.fromEntries(keys.map((key) => [key, ofClass('STANDARD_IA')])))
    const job = amazonJob(played, { filter: { prefix: 'many/' } })
    const memory = newMemory()
    let manifests = 0
    stores.from.intercept(async ({ operation, bucket }) =>
      bucket === 'work' && operation === 'PutObject' && ++manifests > 1 ? 'fail' : undefined,
    )
    await job.list({ memory }).catch(() => undefined)
    stores.from.intercept(undefined)
    const { not_kept } = await job.list({ memory, attempt: 2 })
    expect(not_kept).toMatchObject([{ what: 'storage-class', objects: 250 }])
  })
})

describe('what the bucket tells', () => {
  const versioned = (status: string) =>
    xml(`<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`)
  const locked = xml(
    '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>',
  )
  const owned = (by: string) =>
    xml(`<OwnershipControls><Rule><ObjectOwnership>${by}</ObjectOwnership></Rule></OwnershipControls>`)
  const encrypted = xml(
    '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>' +
      '<SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>' +
      '</ServerSideEncryptionConfiguration>',
  )

  test.each([
    ['versions', { versioning: versioned('Enabled') }, /versioning is Enabled/],
    ['versions', { versioning: versioned('Suspended') }, /versioning is Suspended/],
    ['object-lock', { 'object-lock': locked }, /retention and legal holds/],
    ['acls', { ownershipControls: owned('BucketOwnerPreferred') }, /BucketOwnerPreferred/],
    ['acls', { ownershipControls: s3Error(404, 'OwnershipControlsNotFoundError') }, /ObjectWriter/],
    ['encryption', { encryption: encrypted }, /source encrypts by aws:kms, the destination by AES256/],
  ])('%s of the source are told before the first copy: %j', async (what, answers, why) => {
    const job = amazonJob(settings(answers))
    const { not_kept } = await job.list()
    expect(not_kept).toEqual([{ what, known: true, bucket: 'from', why: expect.stringMatching(why) }])
    await job.copyAll()
    expect((await job.verifyAll()).not_kept).toEqual(not_kept)
  })

  test('a bucket as Amazon S3 makes it today has nothing to tell', async () => {
    const job = amazonJob({})
    expect(await job.list()).not.toHaveProperty('not_kept')
    await job.copy(0)
    expect(await job.verifyAll()).not.toHaveProperty('not_kept')
  })

  test('a bucket encrypted as its destination is, loses nothing', async () => {
    const request = ({ query }: ForeignRequest) => (query.has('encryption') ? encrypted : undefined)
    expect(await amazonJob({ request }).list()).not.toHaveProperty('not_kept')
  })

  const all = (answer: ReturnType<typeof s3Error>) =>
    Object.fromEntries(
      ['versioning', 'object-lock', 'ownershipControls', 'encryption'].map((q) => [q, answer]),
    )

  test.each([
    ['may not be asked', s3Error(403, 'AccessDenied')],
    ['does not have the call', s3Error(501, 'NotImplemented')],
    ['always fails at it', s3Error(500, 'InternalError')],
    [
      'answers a web page',
      { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>no</html>' },
    ],
  ])('where a store %s, that is told as not known, and all is copied', async (_, answer) => {
    const job = foreignJob(settings(all(answer)), { refuse_loss: true })
    const { not_kept = [] } = await job.list()
    expect(not_kept.map(({ what, known }) => [what, known])).toEqual([
      ['versions', false],
      ['object-lock', false],
      ['acls', false],
      ['encryption', false],
    ])
    expect(not_kept.map(({ why }) => why)).toEqual(Array(4).fill(expect.stringMatching(/^not known: Get/)))
    await job.copy(0)
    expect(await keysOf(stores.to, 'target')).toEqual(['a', 'b', 'c'])
  })

  test('a store that takes the question for another one has said nothing', async () => {
    const list = xml('<ListBucketResult><Name>from</Name><IsTruncated>false</IsTruncated></ListBucketResult>')
    const { not_kept = [] } = await foreignJob(settings(all(list))).list()
    expect(not_kept).toHaveLength(3)
    for (const { known, why } of not_kept)
      expect([known, why]).toEqual([false, expect.stringMatching(/says nothing/)])
  })
})

describe('refuse_loss', () => {
  test('fails before the first copy, and names all that would be lost', async () => {
    const classes = listing({ a: ofClass('STANDARD_IA'), b: ofClass('GLACIER') })
    const versioned = settings({
      versioning: xml('<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>'),
    })
    const job = amazonJob({ ...classes, ...versioned }, { refuse_loss: true })
    await expect(job.list()).rejects.toMatchObject({
      name: 'LossRefused',
      message: expect.stringMatching(
        /nothing was copied.*1 objects are of class STANDARD_IA.*archived: 1 objects.*versions of bucket from/,
      ),
    })
    expect(await keysOf(stores.to, 'target')).toEqual([])
    const report = await jsonOf<object>(stores.from, `jobs/${job.job.job_execution_id}/report.json`)
    expect(report).toMatchObject({
      counts: { pending: { objects: 3 } },
      not_kept: [{ what: 'storage-class' }, { what: 'archived' }, { what: 'versions' }],
    })
  })

  test('lets a migration go on that loses nothing', async () => {
    const job = amazonJob({}, { refuse_loss: true })
    await job.copyAll()
    expect(await job.verifyAll()).toMatchObject({ counts: { copied: { objects: 3 } } })
  })

  test('is true or false', async () => {
    await expect(startJob(stores, { refuse_loss: 'yes' }).list()).rejects.toThrow(
      /refuse_loss must be true or false/,
    )
  })
})
