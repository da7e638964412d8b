import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import {
  createLambdaPool,
  type LambdaFunction,
  type LambdaPool,
  type LambdaPoolOptions,
} from '#local/lambda/lambda-pool.ts'

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'local-lambda-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** A function whose module is `source`, in a folder of its own. */
export function functionOf(
  source: string,
  changes: Partial<LambdaFunction> = {},
  directory = temporaryDirectory(),
): LambdaFunction {
  const name = changes.name ?? 'worker'
  const codeDir = join(directory, name)
  mkdirSync(codeDir, { recursive: true })
  writeFileSync(join(codeDir, 'index.mjs'), source)
  const arn = `arn:aws:lambda:us-east-1:000000000000:function:${name}`
  const basics = { name, arn, codeDir, handler: 'index.handler', environment: {} }
  return { ...basics, timeoutSeconds: 10, memoryMb: 128, ...changes }
}

export function poolOf(
  functions: LambdaFunction[],
  options: Partial<LambdaPoolOptions> = {},
): LambdaPool & { logDir: string } {
  const logDir = temporaryDirectory()
  const pool = createLambdaPool({ functions, logDir, ...options })
  onTestFinished(() => pool.close())
  return { ...pool, logDir }
}

export const ECHO = 'export const handler = async (event) => event'
/** Answers its process id once the file named in the event exists. */
export const WAITS_FOR_FILE = `
  import { existsSync } from 'node:fs'
  import { setTimeout } from 'node:timers/promises'
  export const handler = async ({ file }) => {
    while (file && !existsSync(file)) await setTimeout(5)
    return process.pid
  }`
