import { describe, expect, test } from 'vitest'
import { readConfig as read } from '#cli/dev/config.ts'

const readConfig = (env: NodeJS.ProcessEnv, root: string, args: string[] = []) => read({ env, args }, root)

describe('the environment', () => {
  test('has defaults for all that it does not say', () => {
    expect(readConfig({}, '/home')).toEqual({
      apiPort: 4000,
      awsPort: 4001,
      dataDir: '/home/.standdown',
      runCommands: false,
    })
  })

  test('says ports and folder', () => {
    const env = { STANDDOWN_API_PORT: '0', STANDDOWN_AWS_PORT: '5001', STANDDOWN_DATA: '/data' }
    expect(readConfig(env, '/home')).toMatchObject({ apiPort: 0, awsPort: 5001, dataDir: '/data' })
  })

  test.each(['http', '-1', '65536', '1.5', '0x10'])('with the port %s is refused', (given) => {
    expect(() => readConfig({ STANDDOWN_AWS_PORT: given }, '/')).toThrow(`STANDDOWN_AWS_PORT is '${given}'`)
  })
})

describe('an option', () => {
  test('switches commands on', () => {
    expect(readConfig({}, '/', ['--run-commands'])).toMatchObject({ runCommands: true })
  })

  test('that is unknown is refused, and the known one named', () => {
    expect(() => readConfig({}, '/', ['--run-command'])).toThrow(
      "'--run-command' is no option; there is --run-commands (npm start -- --run-commands)",
    )
  })
})
