import { resolve } from 'node:path'

export type Config = { apiPort: number; awsPort: number; dataDir: string }

/** What the environment says: STANDDOWN_API_PORT, STANDDOWN_AWS_PORT (0 picks a free one), STANDDOWN_DATA. */
export function readConfig(env: NodeJS.ProcessEnv, root: string): Config {
  return {
    apiPort: port(env, 'STANDDOWN_API_PORT', 4000),
    awsPort: port(env, 'STANDDOWN_AWS_PORT', 4001),
    dataDir: resolve(root, env.STANDDOWN_DATA || '.standdown'),
  }
}

function port(env: NodeJS.ProcessEnv, variable: string, otherwise: number): number {
  const given = env[variable]
  if (given === undefined || given === '') return otherwise
  const number = Number(given)
  if (/^\d+$/.test(given) && number <= 65_535) return number
  throw new Error(`${variable} is '${given}'; give a port from 0 (picks a free one) to 65535`)
}
