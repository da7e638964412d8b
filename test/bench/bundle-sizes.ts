import { buildBundles } from '#infra/bundle/build.ts'
import { sizesOf } from '#infra/bundle/outputs.ts'

const kb = (bytes: number): number => Math.round(bytes / 1024)

/** Of each function of the product, as deployed: what a cold start reads, and all of it. */
export async function bundleKb(): Promise<Record<string, { at_start: number; whole: number }>> {
  const sizes = (await buildBundles()).map((bundle) => [bundle.name, sizesOf(bundle)] as const)
  return Object.fromEntries(
    sizes.map(([name, { atStart, whole }]) => [name, { at_start: kb(atStart), whole: kb(whole) }]),
  )
}
