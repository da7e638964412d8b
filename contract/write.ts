import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asyncApi } from './asyncapi.ts'
import { openApi } from './openapi.ts'

const DOCS = join(import.meta.dirname, '../docs')

/** The documents by their files below `docs`, as they are written. */
export const documents = (): Record<string, string> => ({
  'openapi.json': `${JSON.stringify(openApi(), null, 2)}\n`,
  'asyncapi.json': `${JSON.stringify(asyncApi(), null, 2)}\n`,
})

/** `npm run contract`: writes both anew. */
if (import.meta.main) {
  for (const [file, text] of Object.entries(documents())) writeFileSync(join(DOCS, file), text)
}
