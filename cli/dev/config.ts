import { resolve } from 'node:path'

export type Config = { apiPort: number; awsPort: number; dataDir: string; runCommands: boolean }

/** What sets each setting: an environment variable, or an option. */
export const SETTINGS = {
  apiPort: 'STANDDOWN_API_PORT',
  awsPort: 'STANDDOWN_AWS_PORT',
  dataDir: 'STANDDOWN_DATA',
  runCommands: '--run-commands',
} as const

export type Given = { env: NodeJS.ProcessEnv; args: string[] }

/** What the environment and the options say; the port 0 picks a free one. */
export function readConfig({ env, args }: Given, root: string): Config {
  const unknown = args.find((arg) => arg !== SETTINGS.runCommands)
  if (unknown !== undefined) {
    throw new Error(
      `'${unknown}' is no option; there is ${SETTINGS.runCommands} (npm start -- ${SETTINGS.runCommands})`,
    )
  }
  return {
    apiPort: port(env, SETTINGS.apiPort, 4000),
    awsPort: port(env, SETTINGS.awsPort, 4001),
    dataDir: resolve(root, env[SETTINGS.dataDir] || '.standdown'),
    runCommands: args.includes(SETTINGS.runCommands),
  }
}

function port(env: NodeJS.ProcessEnv, variable: string, otherwise: number): number {
  const given = env[variable]
  if (given === undefined || given === '') return otherwise
  const number = Number(given)
  if (/^\d+$/.test(given) && number <= 65_535) return number
  throw new Error(`${variable} is '${given}'; give a port from 0 (picks a free one) to 65535`)
}
