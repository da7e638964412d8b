import { expect, test } from 'vitest'
import {
  isAmazonEndpoint,
  isLocalAddress,
  isLocalEndpoint,
} from '#functions/steps/object-migration/endpoints.ts'
import { inputFaults } from '#functions/steps/object-migration/input-rules.ts'

const pointersOf = (request: Parameters<typeof inputFaults>[0], own?: string) =>
  inputFaults(request, own).map(({ pointer }) => pointer)

test.each([
  ['photos/', 'photos/', true],
  ['', 'archive/', true],
  ['photos/', 'photos/old/', true],
  ['photos/old/', 'photos/', true],
  ['photos/', 'archive/', false],
])('within one bucket %j to %j overlaps: %s', (from, to, overlaps) => {
  const source = { bucket: 'b', prefix: from }
  const destination = { bucket: 'b', prefix: to }
  expect(pointersOf({ source, destination })).toEqual(overlaps ? ['/destination'] : [])
  const elsewhere = { ...destination, endpoint: 'https://s3.example.org' }
  expect(pointersOf({ source, destination: elsewhere })).toEqual([])
})

test.each([
  ['https://s3.eu-west-1.amazonaws.com', undefined],
  ['https://s3.dualstack.eu-west-1.amazonaws.com/', 'https://s3-fips.us-east-1.amazonaws.com'],
  ['https://s3.example.org', 'https://S3.Example.org:443/'],
])('a bucket is one place at %s and at %s', (one, other) => {
  const at = (endpoint: string | undefined) => ({ bucket: 'b', ...(endpoint ? { endpoint } : {}) })
  expect(pointersOf({ source: at(one), destination: at(other) })).toEqual(['/destination'])
})

test.each([
  ['https://s3.amazonaws.com', true],
  ['https://s3.eu-west-1.amazonaws.com', true],
  ['https://s3.dualstack.us-west-2.amazonaws.com', true],
  ['https://s3-fips.dualstack.us-gov-west-1.amazonaws.com', true],
  ['https://s3-accelerate.amazonaws.com', true],
  ['https://s3.cn-north-1.amazonaws.com.cn', true],
  ['https://bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com', true],
  ['http://s3.amazonaws.com', false],
  ['https://s3.amazonaws.com.example.org', false],
  ['https://x1.execute-api.us-east-1.amazonaws.com', false],
  ['https://ec2-1-2-3-4.compute-1.amazonaws.com', false],
  ['https://s3.me.elb.us-east-1.amazonaws.com', false],
  ['https://vpce-1.vpce-svc-2.us-east-1.vpce.amazonaws.com', false],
  ['https://example.org', false],
])('%s is an endpoint of Amazon S3: %s', (endpoint, is) => {
  expect(isAmazonEndpoint(endpoint)).toBe(is)
})

test.each([
  ['http://localhost:9001', true],
  ['http://LOCALHOST.', true],
  ['http://store.localhost', true],
  ['http://127.0.0.1:9001', true],
  ['http://127.1', true],
  ['http://2130706433', true],
  ['http://0x7f.0.0.1', true],
  ['http://0.0.0.0', true],
  ['http://169.254.169.254/latest', true],
  ['http://169.254.170.2', true],
  ['http://[::1]:80', true],
  ['http://[::]', true],
  ['http://[fe80::1]', true],
  ['http://[fd00:ec2::254]', true],
  ['http://[::ffff:169.254.169.254]', true],
  ['http://10.0.0.1:9000', false],
  ['http://192.168.1.1', false],
  ['https://store.example.org', false],
])('%s is an address of the functions themselves: %s', (endpoint, is) => {
  expect(isLocalEndpoint(endpoint)).toBe(is)
  const request = { source: { bucket: 'a', endpoint }, destination: { bucket: 'b' } }
  expect(pointersOf(request)).toEqual(is ? ['/source/endpoint'] : [])
  expect(pointersOf(request, 'http://127.0.0.1:4001')).toEqual([])
})

test.each(['::ffff:7f00:1', '::ffff:127.0.0.1', '169.254.0.1'])('the address %s is local', (address) => {
  expect(isLocalAddress(address)).toBe(true)
})

test.each([
  [{ min_size: 1, max_size: 1 }, []],
  [{ min_size: 2, max_size: 1 }, ['/filter/min_size']],
  [
    { modified_after: '2026-01-01T01:00:00+01:00', modified_before: '2026-01-01T00:00:00Z' },
    ['/filter/modified_after'],
  ],
  [{ modified_after: '2026-01-01T00:00:00Z', modified_before: '2026-01-02T00:00:00Z' }, []],
])('the filter %j has its faults at %j', (filter, pointers) => {
  expect(pointersOf({ source: { bucket: 'a' }, destination: { bucket: 'b' }, filter })).toEqual(pointers)
})
