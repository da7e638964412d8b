import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { redfishOptions } from '../redfish/options.ts'
import { RedfishDriver } from '../redfish/redfish-driver.ts'
import { type BmcCredentials, RedfishSession } from '../redfish/session.ts'
import { settings } from '../settings.ts'
import type { DriverInfo, DriverName, PowerState, ResetType } from '../targets.ts'
import { BmcError, BmcRefusal, type PowerDriver } from './driver.ts'
import { FakeDriver } from './fake-driver.ts'

/** A node as a driver has to know it. */
export type DrivenNode = {
  driver: DriverName
  driver_info: DriverInfo
  power_state: PowerState | null
  told: { type: ResetType; at: number } | null
}

/** How a node's BMC is reached now. @throws BmcRefusal where that cannot be said, BmcError where it cannot be now */
export async function openDriver(node: DrivenNode): Promise<PowerDriver> {
  const { driver, driver_info: info, power_state, told } = node
  if (driver === 'fake-hardware') return new FakeDriver({ power: power_state ?? 'power off', info, told })
  const options = redfishOptions(info)
  const { credentialsSecret: secret } = options
  const credentials = secret === null ? null : await readCredentials(secret)
  return new RedfishDriver(new RedfishSession(options, credentials, settings.hosts()))
}

const TIMES = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true }
const secrets = new SecretsManagerClient({ requestHandler: TIMES })

const FINAL = [
  'ResourceNotFoundException',
  'AccessDeniedException',
  'InvalidRequestException',
  'DecryptionFailure',
]

async function readCredentials(secret: string): Promise<BmcCredentials> {
  try {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secret }))
    return credentialsIn(secret, SecretString ?? '')
  } catch (error) {
    const { name, message } = error as Error
    if (error instanceof BmcRefusal) throw error
    const hint = 'it must have the tag standdown = node-power'
    if (FINAL.includes(name)) throw new BmcRefusal(`the secret ${secret} cannot be read: ${message}: ${hint}`)
    throw new BmcError(`the secret ${secret} cannot be read now: ${message}`, { cause: error })
  }
}

/** The text itself must not reach a log. */
function credentialsIn(secret: string, text: string): BmcCredentials {
  const { username, password } = parsed(text)
  if (typeof username === 'string' && typeof password === 'string') return { username, password }
  throw new BmcRefusal(`the secret ${secret} is not JSON with username and password: store it in that form`)
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}
