import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type AppOptions, buildApp } from '#infra/build-app.ts'
import { entriesOf } from '#infra/bundle/entries.ts'
import { bundleName } from '#infra/bundle/layout.ts'

export type StubBundles = Disposable & { folder: string }

/** A folder with an empty bundle for each entry of the app: what a synth needs of them. */
export async function stubBundles(options: AppOptions = {}): Promise<StubBundles> {
  const { app } = await buildApp({ ...options, draft: true })
  const folder = mkdtempSync(join(tmpdir(), 'standdown-bundles-'))
  for (const { file, isStep } of entriesOf(app)) {
    const name = bundleName(file)
    mkdirSync(join(folder, name), { recursive: true })
    writeFileSync(join(folder, name, 'index.mjs'), `export const handler = '${name}'`)
    const step = {
      name: basename(name),
      abortable: 'checkpoint',
      clean_up_after: 'lease',
      irreversible: null,
    }
    if (isStep) writeFileSync(join(folder, name, 'step.json'), JSON.stringify(step))
  }
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) }
}
