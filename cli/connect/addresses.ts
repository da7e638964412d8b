import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where a local runtime listens. */
export type Addresses = { api_url: string; aws_url: string }

export const DEFAULT_API_URL = 'http://127.0.0.1:4000'
export const DEFAULT_AWS_URL = 'http://127.0.0.1:4001'

const fileIn = (dataDir: string): string => join(dataDir, 'addresses.json')

/** Says in its data folder where a runtime listens; answers how to take that back. */
export function tellAddresses(dataDir: string, addresses: Addresses): () => void {
  const file = fileIn(dataDir)
  writeFileSync(`${file}.new`, `${JSON.stringify(addresses)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return () => rmSync(file, { force: true })
}

/** Where the runtime of a data folder listens, as it said; the usual ports where it said nothing. */
export function addressesIn(dataDir: string): Addresses {
  try {
    return JSON.parse(readFileSync(fileIn(dataDir), 'utf8')) as Addresses
  } catch {
    return { api_url: DEFAULT_API_URL, aws_url: DEFAULT_AWS_URL }
  }
}
