import { afterEach, expect, test, vi } from 'vitest'
import { settings } from '#functions/steps/object-migration/store/settings.ts'

afterEach(() => vi.unstubAllEnvs())

test('a function without a work bucket names the variable that is missing', () => {
  vi.stubEnv('WORK_BUCKET', undefined)
  expect(() => settings.workBucket()).toThrow(/WORK_BUCKET is not set/)
  vi.stubEnv('WORK_BUCKET', 'work')
  expect(settings.workBucket()).toBe('work')
})

test('an endpoint of S3 goes before one of all of AWS', () => {
  vi.stubEnv('AWS_ENDPOINT_URL_S3', undefined)
  vi.stubEnv('AWS_ENDPOINT_URL', undefined)
  expect(settings.s3Endpoint()).toBeUndefined()
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1')
  expect(settings.s3Endpoint()).toBe('http://127.0.0.1:1')
  vi.stubEnv('AWS_ENDPOINT_URL_S3', 'http://127.0.0.1:2')
  expect(settings.s3Endpoint()).toBe('http://127.0.0.1:2')
})
