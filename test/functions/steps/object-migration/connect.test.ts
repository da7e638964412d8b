import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ListBucketsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { expect, test, vi } from 'vitest'
import { clientConfig, connect, identityFor } from '#functions/steps/object-migration/store/connect.ts'
import { parseCredentials } from '#functions/steps/object-migration/store/credentials.ts'
import { isTransient } from '#functions/steps/object-migration/store/faults.ts'
import { folderOf } from '#functions/steps/object-migration/store/job-folder.ts'
import { commonPrefix } from '#functions/steps/object-migration/store/key-order.ts'
import { copySource } from '#functions/steps/object-migration/store/keys.ts'
import { openMigration } from '#functions/steps/object-migration/store/migration.ts'
import { send } from '#functions/steps/object-migration/store/send.ts'
import { type ForeignRequest, foreignStore, s3Error } from './foreign-store.ts'
import { startJob } from './migration-job.ts'
import { startStores } from './stores.ts'

test('a secret is read in the form that is documented', () => {
  const text = JSON.stringify({ access_key_id: 'AK', secret_access_key: 'SK', session_token: 'T' })
  expect(parseCredentials('mine', text)).toEqual({
    accessKeyId: 'AK',
    secretAccessKey: 'SK',
    sessionToken: 'T',
  })
})

test.each(['hunter2', '{"access_key_id":"hunter2"}', 'null', undefined])(
  'a secret in another form is named and not shown: %s',
  (text) => {
    let message = ''
    try {
      parseCredentials('mine', text)
    } catch (error) {
      message = String(error)
    }
    expect(message).toMatch(/the secret mine is not JSON with access_key_id/)
    expect(message).not.toContain('hunter2')
  },
)

test('a store with an endpoint is addressed by path, Amazon S3 by host', () => {
  expect(clientConfig({ bucket: 'b' }, 'http://127.0.0.1:1')).toMatchObject({ forcePathStyle: true })
  expect(clientConfig({ bucket: 'b', region: 'eu-west-1' }, undefined)).not.toHaveProperty('forcePathStyle')
})

test('the role of the functions signs for Amazon S3 only, and no other store gets a signature without a secret', async () => {
  expect(identityFor({ bucket: 'b' })).toBe('own-role')
  expect(identityFor({ bucket: 'b', endpoint: 'https://s3.eu-west-1.amazonaws.com' })).toBe('own-role')
  expect(identityFor({ bucket: 'b', endpoint: 'https://x.execute-api.us-east-1.amazonaws.com' })).toBe(
    'anonymous',
  )
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'OWN')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'own')
  vi.stubEnv('AWS_SESSION_TOKEN', 'OWNTOKEN')
  const requests: ForeignRequest[] = []
  const store = await foreignStore('http://127.0.0.1:1', {
    request: (request) => {
      requests.push(request)
      return { status: 200, headers: {}, body: '<ListAllMyBucketsResult/>' }
    },
  })
  const { endpoint } = store
  const client = connect({ bucket: 'b', region: 'us-east-1', endpoint }, endpoint)
  await client.send(new ListBucketsCommand({}))
  expect(JSON.stringify(requests)).not.toMatch(/OWN|authorization|x-amz-security-token/i)
  vi.stubEnv('AWS_ENDPOINT_URL_S3', `${endpoint}/`)
  expect(identityFor({ bucket: 'b', endpoint })).toBe('own-role')
  vi.unstubAllEnvs()
  await store.close()
})

test('a name that leads to the functions themselves is not connected to, but where AWS runs on one computer', async () => {
  const store = await foreignStore('http://127.0.0.1:1', { request: () => s3Error(404, 'NoSuchBucket') })
  const endpoint = store.endpoint.replace('127.0.0.1', 'localhost')
  const list = async () => {
    const client = new S3Client(clientConfig({ bucket: 'b', region: 'us-east-1' }, endpoint, 'anonymous'))
    return await send(client, new ListObjectsV2Command({ Bucket: 'b' })).catch((error) => error)
  }
  expect(await list()).toMatchObject({ name: 'LocalAddressError' })
  expect(isTransient(await list())).toBe(false)
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:4001')
  expect(await list()).toMatchObject({ name: 'NoSuchBucket' })
  vi.unstubAllEnvs()
  await store.close()
})

test('the work bucket of the product is no end of a migration', async () => {
  const stores = await startStores()
  for (const end of ['source', 'destination']) {
    const job = startJob(stores, { [end]: { bucket: 'work' } })
    await expect(job.list()).rejects.toThrow(`/${end}/bucket is the product's own work bucket`)
  }
  await stores.close()
})

test.each([
  ['.', 'jobs/%2E/'],
  ['..', 'jobs/%2E%2E/'],
  ['...', 'jobs/%2E%2E%2E/'],
  ['v1.2', 'jobs/v1.2/'],
])('the folder of the job %s is %s', (id, folder) => {
  expect(folderOf(id)).toBe(folder)
})

test('a location has one client, whatever its bucket', () => {
  const at = { bucket: 'a', region: 'us-east-1' }
  const first = connect(at, 'http://127.0.0.1:1')
  expect(connect({ ...at, bucket: 'b' }, 'http://127.0.0.1:1')).toBe(first)
  expect(connect(at, 'http://127.0.0.1:2')).not.toBe(first)
})

test('objects are copied by the store itself only where one set of credentials reaches both ends', async () => {
  const stores = await startStores()
  const serverSide = (more: object) =>
    openMigration(stores.connections, startJob(stores, more).job).transfer.serverSide
  expect(serverSide({})).toBe(true)
  expect(serverSide({ source: { bucket: 'x', endpoint: `${stores.from.endpoint}/` } })).toBe(true)
  expect(serverSide({ source: { bucket: 'x', endpoint: 'http://127.0.0.1:1' } })).toBe(false)
  expect(serverSide({ source: { bucket: 'x', credentials_secret: 's' } })).toBe(false)
  await stores.close()
})

test('what keys have in common is never half a character', () => {
  expect(commonPrefix(['a/b', 'a/c'])).toBe('a/')
  expect(commonPrefix(['\u{1F600}', '\u{1F601}'])).toBe('')
  expect(commonPrefix(['x', 'y'])).toBe('')
})

test('a copy source is encoded but for its slashes', () => {
  expect(copySource('b', 'a b/ü+?')).toBe('b/a%20b/%C3%BC%2B%3F')
})

test('calls to a location with a secret are signed with what the secret holds', async () => {
  const signatures: string[] = []
  const server = createServer((request, response) => {
    const isSecret = request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue'
    if (!isSecret) signatures.push(request.headers.authorization ?? '')
    const secret = JSON.stringify({ access_key_id: 'FROMSECRET', secret_access_key: 'SK' })
    request.resume().on('end', () => {
      response.end(isSecret ? JSON.stringify({ SecretString: secret }) : '<ListAllMyBucketsResult/>')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', url)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'OWN')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'own')
  const client = connect({ bucket: 'b', region: 'us-east-1', credentials_secret: 'mine' }, url)
  await client.send(new ListBucketsCommand({}))
  expect(signatures).toEqual([expect.stringContaining('Credential=FROMSECRET/')])
  vi.unstubAllEnvs()
  server.close()
  server.closeAllConnections()
})

test('a secret that the functions may not read is named, with what it needs', async () => {
  const store = await foreignStore('http://127.0.0.1:1', {
    request: () => ({
      status: 400,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': 'AccessDeniedException' },
      body: '{"__type":"AccessDeniedException","Message":"not authorized"}',
    }),
  })
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', store.endpoint)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'OWN')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'own')
  const client = connect({ bucket: 'b', region: 'us-east-1', credentials_secret: 'others' }, store.endpoint)
  const error = await send(client, new ListObjectsV2Command({ Bucket: 'b' })).catch((error) => error)
  expect(error).toMatchObject({
    name: 'SecretError',
    message: expect.stringMatching(
      /the secret others could not be read .*the tag standdown = object-migration/,
    ),
  })
  expect(isTransient(error)).toBe(false)
  vi.unstubAllEnvs()
  await store.close()
})
