import { expect, test } from 'vitest'
import { clientConfig, connect, parseCredentials } from '#functions/steps/object-migration/store/connect.ts'
import { copySource } from '#functions/steps/object-migration/store/keys.ts'
import { commonPrefix } from '#functions/steps/object-migration/store/look.ts'
import { openMigration } from '#functions/steps/object-migration/store/migration.ts'
import { startJob, startMachine } from './machine.ts'

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

test('a location has one client, whatever its bucket', async () => {
  const at = { bucket: 'a', region: 'us-east-1' }
  const first = await connect(at, 'http://127.0.0.1:1')
  expect(await connect({ ...at, bucket: 'b' }, 'http://127.0.0.1:1')).toBe(first)
  expect(await connect(at, 'http://127.0.0.1:2')).not.toBe(first)
})

test('objects are copied by the store itself only where one set of credentials reaches both ends', async () => {
  const machine = await startMachine()
  const serverSide = async (more: object) =>
    (await openMigration(machine.world, startJob(machine, more).job)).serverSide
  expect(await serverSide({})).toBe(true)
  expect(await serverSide({ source: { bucket: 'x', endpoint: `${machine.from.endpoint}/` } })).toBe(true)
  expect(await serverSide({ source: { bucket: 'x', endpoint: 'http://127.0.0.1:1' } })).toBe(false)
  expect(await serverSide({ source: { bucket: 'x', credentials_secret: 's' } })).toBe(false)
  await machine.close()
})

test('what keys have in common is never half a character', () => {
  expect(commonPrefix(['a/b', 'a/c'])).toBe('a/')
  expect(commonPrefix(['\u{1F600}', '\u{1F601}'])).toBe('')
  expect(commonPrefix(['x', 'y'])).toBe('')
})

test('a copy source is encoded but for its slashes', () => {
  expect(copySource('b', 'a b/ü+?')).toBe('b/a%20b/%C3%BC%2B%3F')
})
