import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Template } from 'aws-cdk-lib/assertions'
import { beforeAll, describe } from 'vitest'
import { type AppOptions, buildApp } from '#infra/build-app.ts'
import { Deployed } from './deployed.ts'
import { stubBundles } from './stub-bundles.ts'

// CDK's own validation takes seconds; the strict one has a command of its own.
process.env.CDK_VALIDATION = 'false'

/** The stack's template, made as for a deployment, with empty bundles. */
export async function synthesize(options: AppOptions = {}): Promise<Template> {
  using bundles = await stubBundles(options)
  const outdir = mkdtempSync(join(tmpdir(), 'standdown-assembly-'))
  try {
    const { app, stack } = await buildApp({ outdir, bundles: bundles.folder, ...options })
    app.synth()
    return Template.fromStack(stack)
  } finally {
    rmSync(outdir, { recursive: true })
  }
}

export const SECOND_TEMPLATE = join(import.meta.dirname, '../jobs/add-second-template.ts')

export const APPS: { title: string; options: AppOptions }[] = [
  { title: 'the product', options: {} },
  { title: 'the product with one more job template', options: { extraJobs: SECOND_TEMPLATE } },
]

/** Runs the same rules over the product, and over the product with a template that its tests know nothing of. */
export function everyApp(rules: (deployed: () => Deployed) => void): void {
  describe.each(APPS)('$title', (app) => {
    let deployed: Deployed
    beforeAll(async () => {
      deployed = new Deployed(await synthesize({ ...app.options, nag: false }))
    })
    rules(() => deployed)
  })
}
