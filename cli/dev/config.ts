import { resolve } from 'node:path'

export type Config = { apiPort: number; awsPort: number; dataDir: string }

/** The environment variable of each setting. */
export const VARIABLES = {
  apiPort: 'STANDDOWN_API_PORT',
  awsPort: 'STANDDOWN_AWS_PORT',
  dataDir: 'STANDDOWN_DATA',
} as const

/** What the environment says; the port 0 picks a free one. */
export function readConfig(env: NodeJS.ProcessEnv, root: string): Config {
  return {
    apiPort: port(env, VARIABLES.apiPort, 4000),
    awsPort: port(env, VARIABLES.awsPort, 4001),
    dataDir: resolve(root, env[VARIABLES.dataDir] || '.standdown'),
  }
}

function port(env: NodeJS.ProcessEnv, variable: string, otherwise: number): number {
  const given = env[variable]
  if (given === undefined || given === '') return otherwise
  const number = Number(given)
  if (/^\d+$/.test(given) && number <= 65_535) return number
  throw new Error(`${variable} is '${given}'; give a port from 0 (picks a free one) to 65535`)
}
