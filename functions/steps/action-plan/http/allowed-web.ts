import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { HostRules } from '../../reach/hosts.ts'
import { type Answer, ask, type Request } from '../../reach/request.ts'
import { SecretAway, SecretRefused, type Web } from './web.ts'

const TIMES = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true }
const FINAL = [
  'ResourceNotFoundException',
  'AccessDeniedException',
  'InvalidRequestException',
  'DecryptionFailure',
]

/** The hosts that the stack allows, and the secrets tagged for actions. */
export class AllowedWeb implements Web {
  private readonly rules: HostRules
  private readonly secrets = new SecretsManagerClient({ requestHandler: TIMES })

  constructor(rules: HostRules) {
    this.rules = rules
  }

  ask(request: Omit<Request, 'rules'>): Promise<Answer> {
    return ask({ ...request, rules: this.rules })
  }

  async headersIn(secret: string): Promise<Record<string, string>> {
    try {
      const { SecretString } = await this.secrets.send(new GetSecretValueCommand({ SecretId: secret }))
      return headersOf(secret, SecretString ?? '')
    } catch (error) {
      const { name, message } = error as Error
      if (error instanceof SecretRefused) throw error
      if (!FINAL.includes(name)) throw new SecretAway(`the secret ${secret} cannot be read now: ${message}`)
      const hint = 'it must have the tag standdown = action-plan'
      throw new SecretRefused(`the secret ${secret} cannot be read: ${name}: ${message}: ${hint}`)
    }
  }
}

/** The text itself must not reach a log. */
function headersOf(secret: string, text: string): Record<string, string> {
  const entries = Object.entries(parsed(text))
  const fits = ([name, value]: [string, unknown]): boolean =>
    /^[\w-]{1,100}$/.test(name) && typeof value === 'string' && /^[\x20-\x7e]{1,8192}$/.test(value)
  if (entries.length > 0 && entries.every(fits)) return Object.fromEntries(entries) as Record<string, string>
  throw new SecretRefused(
    `the secret ${secret} is not JSON of headers, as {"X-Auth-Token": "..."}: store it so`,
  )
}

/** A text or an array has entries, too: the letters and places of a secret are no headers. */
function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  } catch {
    return {}
  }
}
