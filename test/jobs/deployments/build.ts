import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildApp } from '#infra/build-app.ts'
import { buildBundles } from '#infra/bundle/build.ts'

/**
 * Bundles and synthesizes one of the two deployments, in a process of its own. Arguments: the module of its jobs,
 * the number of its build, the folder for its assembly.
 */
const [jobs, build, folder] = process.argv.slice(2)
if (!jobs || !build || !folder) throw new Error('node test/jobs/deployments/build.ts <jobs> <build> <folder>')
process.env.CDK_VALIDATION = 'false'
const bundles = `${folder}-bundles`
const extraJobs = join(import.meta.dirname, jobs)
const options = { outdir: folder, bundles, extraJobs, nag: false, cleanUpTries: 3, buckets: ['*'] }
await buildBundles(options)
for (const name of globSync(`test/jobs/deployments/steps/*/index.mjs`, { cwd: bundles })) {
  const path = join(bundles, name)
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll('build-0', `build-${build}`))
}
const { app } = await buildApp(options)
app.synth()
