import { execFileSync } from 'node:child_process'
import type { Answer } from './api-client.ts'

/** What the clients show of a refusal: a text within JSON within JSON. */
export const faultOf = ({ body }: Answer<unknown>): string =>
  JSON.parse((body as { error_message: string }).error_message).faultstring as string

export function isInstalled(command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
