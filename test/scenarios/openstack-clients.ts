import { execFileSync } from 'node:child_process'
import type { Answer } from './api-client.ts'
import type { Deployment } from './open-deployment.ts'

/** What the clients show of a refusal: a text within JSON within JSON. */
export const faultOf = ({ body }: Answer<unknown>): string =>
  JSON.parse((body as { error_message: string }).error_message).faultstring as string

/** A door of OpenStack's below `base`, asked with these headers as one of its clients does. */
export class OpenStackClient {
  protected readonly deployment: Deployment
  private readonly base: string
  private readonly headers: Record<string, string>

  constructor(deployment: Deployment, base: string, headers: Record<string, string>) {
    this.deployment = deployment
    this.base = base
    this.headers = { 'x-auth-token': 't', ...headers }
  }

  call<Body>(route: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    const [method, path] = route.split(' ')
    return this.deployment.api.call<Body>(`${method} ${this.base}${path}`, {
      ...(body === undefined ? {} : { body }),
      headers: { ...this.headers, ...headers },
    })
  }
}

export function isInstalled(command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
