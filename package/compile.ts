import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

export type Compiled = {
  /** The folder whose sources are compiled, and its tsconfig.json is beside them. */
  root: string
  /** Modules that users import: code and types. */
  exported: string[]
  /** Modules that are run: code alone. */
  programs: string[]
  /** Keeps the places that modules have below the root. */
  out: string
}

/** `./x.ts` is compiled to `./x.js`; what is imported by its name (`#core/x.ts`) is mapped by the package. */
const RELATIVE = /(\bfrom\s*|\bimport\s*\(?\s*)(["'])(\.[^"'\n]*)\.ts\2/g

/** Only what the entries reach, so that no test and no source of another room is packed. */
export async function compile(compiled: Compiled): Promise<void> {
  const sources = await reachedFrom(compiled)
  await emitCode(sources, compiled)
  emitTypes(compiled)
  for (const file of globSync('**/*.{js,d.ts}', { cwd: compiled.out })) {
    const path = join(compiled.out, file)
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(RELATIVE, '$1$2$3.js$2'))
  }
}

/** The modules that run, by a bundling that is thrown away. */
async function reachedFrom({ root, exported, programs, out }: Compiled): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [...exported, ...programs],
    outdir: out,
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    // Packages stay what they are; names with # are the package's own modules.
    plugins: [
      {
        name: 'packages',
        setup: ({ onResolve }) => onResolve({ filter: /^[^.#/]/ }, (found) => external(found)),
      },
    ],
  })
  return Object.keys(metafile.inputs).filter((file) => !file.startsWith('..'))
}

const external = ({ path, kind }: { path: string; kind: string }) =>
  kind === 'entry-point' ? null : { path, external: true }

async function emitCode(sources: string[], { root, out }: Compiled): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: sources,
    outbase: root,
    outdir: out,
    bundle: false,
    format: 'esm',
    target: 'node22',
    sourcemap: 'linked',
    logLevel: 'error',
  })
}

/** TypeScript refuses to write code whose imports end in .ts, but writes their types. */
function emitTypes({ root, exported, out }: Compiled): void {
  const config = join(out, 'tsconfig.json')
  const compilerOptions = {
    noEmit: false,
    emitDeclarationOnly: true,
    declaration: true,
    rootDir: root,
    outDir: out,
    typeRoots: [join(root, 'node_modules/@types'), join(root, '../node_modules/@types')],
  }
  const files = exported.map((file) => join(root, file))
  mkdirSync(dirname(config), { recursive: true })
  writeFileSync(
    config,
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include: [], files }),
  )
  const tsc = join(import.meta.dirname, '../node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, '-p', config], { stdio: ['ignore', 'inherit', 'inherit'] })
  rmSync(config)
}
