import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const PACKAGE = '@dynoxide/linux-x64'

/** The emulator's program, from the optional package that npm installs on the one platform it is built for. */
export function emulatorBinary(
  resolve: (id: string) => string = createRequire(import.meta.url).resolve,
): string {
  const path = locate(resolve)
  if (path !== undefined && existsSync(path)) return path
  throw new Error(
    `no DynamoDB for ${process.platform}-${process.arch}: the package ${PACKAGE} is not installed; ` +
      'run npm ci on linux-x64, or set AWS_ENDPOINT_URL_DYNAMODB to a DynamoDB Local that is running',
  )
}

function locate(resolve: (id: string) => string): string | undefined {
  try {
    return join(dirname(resolve(`${PACKAGE}/package.json`)), 'dynoxide')
  } catch {
    return undefined
  }
}
