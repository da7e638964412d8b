import { BmcRefusal } from '../power/driver.ts'

/** What of a node's `driver_info` the driver `redfish` reads. */
export type RedfishOptions = {
  /** The service root. */
  root: URL
  systemId: string | null
  credentialsSecret: string | null
  /** `true`: the authorities that Node knows; a text: those in it, in PEM; `false`: any certificate. */
  verify: string | boolean
  auth: 'basic' | 'session' | 'auto'
  /** Of a BMC that can take back an NMI, in a way of its maker's. */
  abortNmiPath: string | null
}

const KNOWN = [
  'redfish_address',
  'redfish_system_id',
  'redfish_credentials_secret',
  'redfish_verify_ca',
  'redfish_auth_type',
  'redfish_abort_nmi_path',
]
const SECRET_NAME = /^[A-Za-z0-9/_+=.@!:-]{1,2048}$/

type Info = Record<string, unknown>

/** @throws BmcRefusal */
export function redfishOptions(info: Info): RedfishOptions {
  const [fault] = redfishFaults(info)
  if (fault) throw new BmcRefusal(`${fault.pointer.slice(1)} ${fault.detail}`)
  const { redfish_system_id: id, redfish_credentials_secret: secret } = info
  return {
    root: rootOf(String(info.redfish_address)),
    systemId: id === undefined ? null : String(id),
    credentialsSecret: secret === undefined ? null : String(secret),
    verify: (info.redfish_verify_ca ?? true) as string | boolean,
    auth: (info.redfish_auth_type ?? 'auto') as RedfishOptions['auth'],
    abortNmiPath: (info.redfish_abort_nmi_path ?? null) as string | null,
  }
}

/** What is wrong with it, by pointers into the node; no text ever repeats a password. */
export function* redfishFaults(info: Info): Generator<{ pointer: string; detail: string }> {
  const fault = (name: string, detail: string) => ({ pointer: `/driver_info/${name}`, detail })
  for (const name of Object.keys(info)) {
    if (/password|username/.test(name)) {
      yield fault(
        name,
        'is not taken: put {"username", "password"} into a secret and name it in redfish_credentials_secret',
      )
    } else if (!KNOWN.includes(name)) yield fault(name, `is not known: there are ${KNOWN.join(', ')}`)
  }
  const { redfish_address: address, redfish_credentials_secret: secret, redfish_system_id: id } = info
  if (typeof address !== 'string' || rootFrom(address) === null) {
    yield fault(
      'redfish_address',
      'must be a host or http(s)://host[:port][/path], without a password or query',
    )
  }
  if (secret !== undefined && !(typeof secret === 'string' && SECRET_NAME.test(secret))) {
    yield fault('redfish_credentials_secret', 'must be the name or ARN of a secret')
  }
  if (id !== undefined && !['string', 'number'].includes(typeof id)) {
    yield fault('redfish_system_id', 'must be the path of a system, or its id')
  }
  const {
    redfish_verify_ca: ca = true,
    redfish_auth_type: auth = 'auto',
    redfish_abort_nmi_path: path,
  } = info
  if (typeof ca !== 'boolean' && !(typeof ca === 'string' && ca.includes('BEGIN CERTIFICATE'))) {
    yield fault('redfish_verify_ca', 'must be true, false, or certificate authorities in PEM')
  }
  if (!['basic', 'session', 'auto'].includes(String(auth))) {
    yield fault('redfish_auth_type', 'must be basic, session or auto')
  }
  if (path !== undefined && !(typeof path === 'string' && path.startsWith('/'))) {
    yield fault('redfish_abort_nmi_path', 'must be a path that begins with /')
  }
}

const rootOf = (address: string): URL => rootFrom(address)!

/** Without a scheme it is https; a path in it begins the root's. */
function rootFrom(address: string): URL | null {
  const url = URL.parse(/^[a-z]+:\/\//i.test(address) ? address : `https://${address}`)
  if (!url || !['http:', 'https:'].includes(url.protocol)) return null
  if (url.username || url.password || url.search || url.hash) return null
  const path = url.pathname.replace(/\/+$/, '')
  url.pathname = path.endsWith('/redfish/v1') ? `${path}/` : `${path}/redfish/v1/`
  return url
}
