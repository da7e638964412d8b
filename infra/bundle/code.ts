import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { TemplateStep } from '#core/template.ts'

/** What a step says of itself, by `defineStep`. */
export type StepMetadata = Pick<TemplateStep, 'name' | 'abortable' | 'irreversible' | 'hooks'>

/** Context: the folder of bundles to deploy instead of the product's own `dist/functions`. */
export const BUNDLES_CONTEXT = 'standdown:bundles'

function existing(scope: Construct, bundle: string, file: string): string {
  const root = scope.node.tryGetContext(BUNDLES_CONTEXT) ?? join(import.meta.dirname, '../../dist/functions')
  const folder = join(root, bundle)
  if (existsSync(join(folder, file))) return folder
  throw new Error(
    `${join(folder, file)} is missing: run "npm run build", or correct the bundle name ${bundle}`,
  )
}

/** The code of a bundle, by its name: `events/settle`. */
export const bundleCode = (scope: Construct, bundle: string): lambda.AssetCode =>
  lambda.Code.fromAsset(existing(scope, bundle, 'index.mjs'))

/** What the bundle says of its step. */
export function bundleStep(scope: Construct, bundle: string): StepMetadata {
  const folder = existing(scope, bundle, 'step.json')
  return JSON.parse(readFileSync(join(folder, 'step.json'), 'utf8')) as StepMetadata
}
