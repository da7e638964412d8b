import { resolve } from 'node:path'
import { PROJECT } from '../root.ts'
import { addressesIn } from './addresses.ts'

/** What the caller says of where Standdown is. */
export type Where = { apiUrl?: string | undefined; stack?: string | undefined }

/**
 * Where Standdown is: on this machine (with its data folder), at an address, or in the stack of an AWS account whose
 * outputs tell the address.
 */
export type Target =
  | { kind: 'local'; apiUrl: string; awsUrl: string; dataDir: string }
  | { kind: 'url'; apiUrl: string }
  | { kind: 'stack'; stack: string }

export const dataFolder = (env: NodeJS.ProcessEnv): string =>
  resolve(PROJECT, env.STANDDOWN_DATA || '.standdown')

/** An option says more than the environment; nothing said means this machine. */
export function targetOf({ apiUrl, stack }: Where, env: NodeJS.ProcessEnv): Target {
  if (apiUrl) return { kind: 'url', apiUrl }
  if (stack) return { kind: 'stack', stack }
  if (env.STANDDOWN_API_URL) return { kind: 'url', apiUrl: env.STANDDOWN_API_URL }
  if (env.STANDDOWN_STACK) return { kind: 'stack', stack: env.STANDDOWN_STACK }
  const dataDir = dataFolder(env)
  const { api_url, aws_url } = addressesIn(dataDir)
  return { kind: 'local', apiUrl: api_url, awsUrl: aws_url, dataDir }
}

/** Nobody asks for a signature there. */
export const isLoopback = (url: string): boolean =>
  /^https?:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?(\/|$)/.test(url)
