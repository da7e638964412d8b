import { App, Stack } from 'aws-cdk-lib'
import { bundle } from '#infra/bundle/bundler.ts'
import { DRAFT_CONTEXT } from '#infra/bundle/code.ts'
import { entriesOf } from '#infra/bundle/entries.ts'
import { JobControl } from '#infra/constructs/job-control.ts'

/** The functions that every deployment has, whatever its jobs: bundled here, so that no user has to. */
export async function bundleProduct(out: string): Promise<void> {
  const app = new App({ autoSynth: false, context: { [DRAFT_CONTEXT]: true } })
  new JobControl(new Stack(app, 'Draft'), 'JobControl')
  await bundle({ entries: entriesOf(app), out })
}
