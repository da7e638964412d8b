import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'

export type Manifest = {
  name: string
  version: string
  description: string
  license: string
  type: 'module'
  engines: Record<string, string>
  /** What users may import, to its source. */
  exports: Record<string, string>
  imports: Record<string, string>
  dependencies: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

export type Packed = {
  /** The package.json of the source. */
  source: Manifest
  /** The folder that is packed. */
  out: string
  bin?: Record<string, string>
  /** Packages that only some users need: they install them themselves. */
  optionalPeers?: string[]
  /** Packages that are not on the list: the user is told of them where they are missing. */
  untold?: string[]
  optionalDependencies?: Record<string, string>
}

const IMPORTED = /\b(?:from|import)\s*\(?\s*["']([^"'.#/][^"'\n]*)["']/g

/** Writes the package.json of a compiled package: it depends on what its files import, and on nothing else. */
export function writeManifest({ source, out, ...more }: Packed): void {
  const { optionalPeers = [], untold = [], bin, optionalDependencies } = more
  const { name, version, description, license, type, engines } = source
  const imported = importedBy(out).filter((one) => !untold.includes(one))
  const dependencies = versionsOf(
    imported.filter((one) => !optionalPeers.includes(one)),
    source,
  )
  const peerDependencies = versionsOf(optionalPeers, source)
  const peerDependenciesMeta = Object.fromEntries(optionalPeers.map((peer) => [peer, { optional: true }]))
  const manifest = {
    name,
    version,
    description,
    license,
    type,
    engines,
    exports: { ...mapped(source.exports, compiledTo), './package.json': './package.json' },
    imports: importsIn(out, source.imports),
    ...(bin && { bin }),
    dependencies,
    ...(optionalPeers.length > 0 && { peerDependencies, peerDependenciesMeta }),
    ...(optionalDependencies && { optionalDependencies }),
  }
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

const compiledTo = (path: string) => ({
  types: path.replace(/\.ts$/, '.d.ts'),
  default: path.replace(/\.ts$/, '.js'),
})

/** A module keeps its name: `#core/job.ts` is what was compiled of it. Rooms of which nothing is packed have none. */
const importsIn = (out: string, imports: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(imports)
      .filter(([, path]) => existsSync(join(out, path.replace('*', ''))))
      .map(([name, path]) => [`${name}.ts`, `${path}.js`]),
  )

const mapped = <From, To>(record: Record<string, From>, to: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]))

/** Of types that have a package of their own. */
const typesOf = (name: string): string => (name === 'aws-lambda' ? '@types/aws-lambda' : name)

function importedBy(out: string): string[] {
  const names = globSync('**/*.{js,d.ts,cjs}', {
    cwd: out,
    exclude: ['dist/**', 'console/**', '**/scaffold/**'],
  }).flatMap((file) =>
    [...readFileSync(join(out, file), 'utf8').matchAll(IMPORTED)].map(([, id = '']) => packageOf(id)),
  )
  return [...new Set(names)]
    .filter((name) => !isBuiltin(name))
    .map(typesOf)
    .sort()
}

const packageOf = (id: string): string =>
  id
    .split('/')
    .slice(0, id.startsWith('@') ? 2 : 1)
    .join('/')

const isBuiltin = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name)

/** A user's own copy of a compatible version is shared. @throws Error where the source does not say which it needs */
function versionsOf(
  names: string[],
  { dependencies, devDependencies = {} }: Manifest,
): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const version = dependencies[name] ?? devDependencies[name]
      if (version === undefined)
        throw new Error(`${name} is imported, but package.json has no version of it: add it`)
      return [name, `^${version}`]
    }),
  )
}
