import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { functionsOf } from 'standdown-local/template'
import type { Bundles } from '../reload/bundles.ts'

/** The CDK names the folder of an asset by its content. */
export const appBundles = (assembly: string): Bundles =>
  new Map(
    functionsOf(assembly).map(({ name, codeDir }) => [
      name,
      { folder: codeDir, code: basename(codeDir), step: '' },
    ]),
  )

/** Changed code has another asset and another version, which a reload gives without a deployment. */
const CODE = /[0-9a-f]{64}|CurrentVersion[0-9A-Za-z]+/g

/** The templates without their functions' code. */
export const appTemplates = (assembly: string): string =>
  globSync('*.template.json', { cwd: assembly })
    .sort()
    .map((file) => readFileSync(join(assembly, file), 'utf8').replaceAll(CODE, ''))
    .join('\n')
