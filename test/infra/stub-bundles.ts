import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { productEntries } from '#infra/bundle/entries.ts'

const PRODUCT = join(import.meta.dirname, '../..')

export type StubBundles = Disposable & { folder: string }

/** A folder with an empty bundle for each of the product's functions: what the stack needs of them. */
export function stubBundles(): StubBundles {
  const folder = mkdtempSync(join(tmpdir(), 'standdown-bundles-'))
  for (const name of Object.keys(productEntries(PRODUCT))) {
    mkdirSync(join(folder, name), { recursive: true })
    writeFileSync(join(folder, name, 'index.mjs'), `export const handler = '${name}'`)
    const step = { name: basename(name), abortable: 'checkpoint', irreversible: null }
    writeFileSync(join(folder, name, 'step.json'), JSON.stringify(step))
  }
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) }
}
