import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative, resolve } from 'node:path'
import type { App } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { BundleOptions } from './bundler.ts'
import { bundleName } from './layout.ts'

const PROGRAM = createRequire(import.meta.url).resolve('#infra/bundle/bundle-entry.ts')

/** The folder in the app's output that bundles are made in; what of them is deployed the CDK copies out of it. */
const BUNDLES = 'standdown-functions'

export type Place = { root: string; file: string }

/** A step's source is named from where the app runs, or absolutely; outside of there its folder is its root. */
export function placeOf(entry: string, cwd = process.cwd()): Place {
  const path = resolve(cwd, entry)
  const file = relative(cwd, path)
  return file.startsWith('..') ? { root: dirname(path), file: basename(path) } : { root: cwd, file }
}

/** Bundles a step of a user's own at synth, where nothing has built it before. Answers its folder. */
export function bundleNow(scope: Construct, entry: string): string {
  const { root, file } = placeOf(entry)
  if (!existsSync(join(root, file))) {
    throw new Error(`the entry ${entry} does not exist in ${root}: name the step's source file from there`)
  }
  const out = join((scope.node.root as App).outdir, BUNDLES)
  const options: BundleOptions = { entries: [{ file, isStep: true }], root, out }
  try {
    execFileSync(process.execPath, [PROGRAM, JSON.stringify(options)], { encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string }
    throw new Error(`the step ${entry} cannot be bundled:\n${stderr.trim()}`)
  }
  return join(out, bundleName(file))
}
