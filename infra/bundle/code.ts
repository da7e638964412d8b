import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { StepMetadata } from '#core/template.ts'
import { bundleNow } from './bundle-now.ts'
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

/** The code of a step, and what its bundle says of it. */
export type StepCode = { code: lambda.Code; step: StepMetadata }

export function stepCode(scope: Construct, entry: string): StepCode {
  if (isDraft(scope)) {
    return { code: bundleCode(scope, entry), step: { ...DRAFT_TRAITS, hooks: [], name: draftName(entry) } }
  }
  const folder = isOwn(scope, entry) ? folderWith(scope, entry, STEP_FILE) : bundleNow(scope, entry)
  const step = JSON.parse(readFileSync(join(folder, STEP_FILE), 'utf8')) as StepMetadata
  return { code: lambda.Code.fromAsset(folder), step }
}

/** Of this project, whose build bundles all entries at once. */
const isOwn = (scope: Construct, entry: string): boolean =>
  scope.node.tryGetContext(BUNDLES_CONTEXT) !== undefined || existsSync(join(PRODUCT, entry))

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
