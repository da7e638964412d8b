import { join } from 'node:path'

/** The folder that holds `functions` and `dist`. */
export const PRODUCT = join(import.meta.dirname, '../..')

export const CODE_FILE = 'index.mjs'
export const STEP_FILE = 'step.json'

/** Where the bundles of a project go. */
export const bundlesOf = (root: string): string => join(root, 'dist/functions')

/** `functions/events/settle.ts` is bundled as `events/settle`, `src/report/write.ts` as `src/report/write`. */
export const bundleName = (entry: string): string =>
  entry.replace(/^functions\//, '').replace(/\.[^./]+$/, '')
