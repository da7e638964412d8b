import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { StepMetadata } from '#core/template.ts'
import { bundleName, bundlesOf, CODE_FILE, PRODUCT, STEP_FILE } from './layout.ts'

/** Context: the folder of bundles to deploy instead of the product's own `dist/functions`. */
export const BUNDLES_CONTEXT = 'standdown:bundles'

/** Context: the tree is built before there are bundles, only to learn which entries it names. */
export const DRAFT_CONTEXT = 'standdown:draft'

export const isDraft = (scope: Construct): boolean => scope.node.tryGetContext(DRAFT_CONTEXT) === true

/** The bundled code of an entry. */
export function bundleCode(scope: Construct, entry: string): lambda.Code {
  if (isDraft(scope)) return lambda.Code.fromInline('// not bundled yet')
  return lambda.Code.fromAsset(folderWith(scope, entry, CODE_FILE))
}

const DRAFT_TRAITS = { abortable: 'boundary', clean_up_after: 'lease', irreversible: null } as const

/** What the bundle of an entry says of its step. */
export function bundleStep(scope: Construct, entry: string): StepMetadata {
  if (isDraft(scope)) return { ...DRAFT_TRAITS, hooks: [], name: draftName(entry) }
  const folder = folderWith(scope, entry, STEP_FILE)
  return JSON.parse(readFileSync(join(folder, STEP_FILE), 'utf8')) as StepMetadata
}

/** Any name does, as long as no other entry has it and a chain takes it. */
const draftName = (entry: string): string =>
  bundleName(entry)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '-')

function folderWith(scope: Construct, entry: string, file: string): string {
  const folder = join(scope.node.tryGetContext(BUNDLES_CONTEXT) ?? bundlesOf(PRODUCT), bundleName(entry))
  if (existsSync(join(folder, file))) return folder
  throw new Error(`${join(folder, file)} is missing: run "npm run build", or correct the entry ${entry}`)
}
