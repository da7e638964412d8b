import { describe, expect, test } from 'vitest'
import {
  headerVersions,
  servedVersion,
  serviceVersions,
  versionHeaders,
} from '#functions/doors/openstack/microversions.ts'
import { httpEvent } from '../../http-event.ts'

const RANGE = { min: '1.0', max: '1.4' }
const watcher = serviceVersions('infra-optim', RANGE)
const ironic = headerVersions('x-openstack-ironic-api', { min: '1.1', max: '1.78' })

const asking = (headers: Record<string, string>) => httpEvent('GET /', { headers })
const general = (word: string) => asking({ 'openstack-api-version': word })

describe('the version that a request is served in', () => {
  test.each([
    ['infra-optim 1.4', '1.4'],
    ['infra-optim 1.0', '1.0'],
    ['infra-optim 1', '1.0'],
    ['infra-optim latest', '1.4'],
    ['compute 2.1', '1.0'],
    ['compute 2.1, infra-optim 1.3', '1.3'],
    ['', '1.0'],
  ])('of OpenStack-API-Version "%s" is %s', (word, version) => {
    expect(servedVersion(watcher, general(word))).toBe(version)
    expect(versionHeaders(watcher, general(word))).toEqual({
      'openstack-api-version': `infra-optim ${version}`,
      'openstack-api-minimum-version': '1.0',
      'openstack-api-maximum-version': '1.4',
      vary: 'OpenStack-API-Version',
    })
  })

  test.each(['1.99', '0.9', '2.0', '1.2.3', '1.x', '', 'latest 1', '-1', '1.4 1.4'])(
    '"%s" is refused with the range',
    (word) => {
      const event = general(`infra-optim ${word}`)
      expect(() => servedVersion(watcher, event)).toThrow(/1\.0 to 1\.4/)
      expect(versionHeaders(watcher, event)).toMatchObject({ 'openstack-api-maximum-version': '1.4' })
    },
  )

  test('without a header is the lowest', () => {
    expect(servedVersion(watcher, asking({}))).toBe('1.0')
    expect(servedVersion(ironic, asking({}))).toBe('1.1')
  })

  test("of a service's own header is told by it", () => {
    const event = asking({ 'x-openstack-ironic-api-version': '1.9' })
    expect(versionHeaders(ironic, event)).toMatchObject({
      'x-openstack-ironic-api-version': '1.9',
      'x-openstack-ironic-api-minimum-version': '1.1',
      'x-openstack-ironic-api-maximum-version': '1.78',
    })
    expect(() => servedVersion(ironic, asking({ 'x-openstack-ironic-api-version': '1.0' }))).toThrow('1.1 to')
  })
})
