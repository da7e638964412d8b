import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export type SecretVersion = {
  id: string
  string: string | undefined
  binary: string | undefined
  created: number
  stages: string[]
}

export type Secret = {
  arn: string
  name: string
  description: string | undefined
  created: number
  deleted?: number
  /** Newest first: the current one and the one before. */
  versions: SecretVersion[]
}

export function readSecrets(file: string): Map<string, Secret> {
  if (!existsSync(file)) return new Map()
  chmodSync(file, 0o600)
  try {
    const secrets: Secret[] = JSON.parse(readFileSync(file, 'utf8'))
    return new Map(secrets.map((secret) => [secret.name, secret]))
  } catch {
    // The parser's own message would quote the file, and with it a secret.
    throw new Error(`the secrets file ${file} is not the JSON it was written as; repair or remove it`)
  }
}

/** Replaces the file in one step, so that a kill leaves the old or the new one. */
export function writeSecrets(file: string, secrets: Map<string, Secret>): void {
  const next = `${file}.next`
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(next, JSON.stringify([...secrets.values()], null, 2), { mode: 0o600 })
  renameSync(next, file)
}
