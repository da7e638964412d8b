import { describe, expect, test } from 'vitest'
import { readConfig } from '#cli/dev/config.ts'

describe('the environment', () => {
  test('has defaults for all that it does not say', () => {
    expect(readConfig({}, '/home')).toEqual({ apiPort: 4000, awsPort: 4001, dataDir: '/home/.standdown' })
  })

  test('says ports and folder', () => {
    const env = { STANDDOWN_API_PORT: '0', STANDDOWN_AWS_PORT: '5001', STANDDOWN_DATA: '/data' }
    expect(readConfig(env, '/home')).toEqual({ apiPort: 0, awsPort: 5001, dataDir: '/data' })
  })

  test.each(['http', '-1', '65536', '1.5', '0x10'])('with the port %s is refused', (given) => {
    expect(() => readConfig({ STANDDOWN_AWS_PORT: given }, '/')).toThrow(`STANDDOWN_AWS_PORT is '${given}'`)
  })
})
