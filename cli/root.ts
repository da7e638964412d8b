import { basename, dirname, join } from 'node:path'

/** The folder of the product: its repository, or what npm has installed of it. */
export const PRODUCT = join(import.meta.dirname, '..')

/** Installed as a package: then the project is the user's own. */
export const isInstalled = basename(dirname(PRODUCT)) === 'node_modules'

/** Whose data folder, CDK app and npm packages are meant. */
export const PROJECT = isInstalled ? process.cwd() : PRODUCT
