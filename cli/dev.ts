import { dirname, join, resolve } from 'node:path'
import { ensureAssembly } from './dev/assembly.ts'
import { readConfig } from './dev/config.ts'
import type { Project } from './dev/project.ts'
import { quickStart } from './dev/quick-start.ts'
import { readBundles } from './dev/reload/bundles.ts'
import { runProject } from './dev/run.ts'
import { runNode } from './dev/run-node.ts'
import { seedInChild } from './dev/seed/seed-in-child.ts'
import { PRODUCT } from './root.ts'

/** What `npm start` runs: the stack of this repository. */
const ASSEMBLY = join(PRODUCT, 'cdk.out')
/** What functions are made of; what only a deployment reads is not. */
const FOLDERS = ['core', 'engine', 'aws', 'sdk', 'functions']
const { STANDDOWN_EXTRA_JOBS: extraJobs } = process.env

const repository: Project = {
  root: PRODUCT,
  restart: 'end npm start and start it again',
  sources: {
    deep: [
      ...FOLDERS.map((folder) => join(PRODUCT, folder)),
      ...(extraJobs ? [dirname(resolve(PRODUCT, extraJobs))] : []),
    ],
    shallow: [],
  },
  async assemble(work) {
    await ensureAssembly({ root: PRODUCT, outDir: ASSEMBLY, env: process.env, ...work })
    return ASSEMBLY
  },
  async opened(runtime, dataDir, { signal }) {
    // Whoever reads an address may ask for what is there: the buckets are there first.
    await seedInChild(runtime, { root: PRODUCT, signal })
    return quickStart({ ...runtime, dataDir, root: PRODUCT })
  },
  async build({ signal }) {
    await runNode({ root: PRODUCT, args: ['infra/bundle/build.ts'], env: process.env, signal })
  },
  bundles: () => readBundles(join(PRODUCT, 'dist/functions')),
  deployed: () => '',
}

await runProject(
  () => repository,
  () => readConfig({ env: process.env, args: process.argv.slice(2) }, PRODUCT),
)
