import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { type Relocate, relocate } from './relocate.ts'

export type Json = null | boolean | number | string | Json[] | JsonObject
export type JsonObject = { [key: string]: Json }

export type Resource = { Type: string; Condition?: string; DeletionPolicy?: string; Properties?: JsonObject }

export type Template = {
  Resources?: Record<string, Resource>
  Outputs?: Record<string, { Value: Json; Condition?: string; Export?: { Name: Json } }>
}

export type Stack = { name: string; template: Template }

export type Assembly = {
  stacks: Stack[]
  /** The file or folder of an asset, by the key it would have in the asset bucket. */
  assets: Map<string, string>
}

type Artifact = {
  type: string
  environment?: string
  properties?: { templateFile?: string; file?: string; stackName?: string }
}
type AssetManifest = {
  files?: Record<string, { source: { path?: string }; destinations: Record<string, { objectKey: string }> }>
}

/** Reads a synthesized cloud assembly: manifest.json, the stacks' templates, the asset manifests. */
export function readAssembly(directory: string): Assembly {
  const { artifacts = {} } = readJson<{ artifacts?: Record<string, Artifact> }>(
    resolve(directory, 'manifest.json'),
  )
  const here = relocate(Object.values(artifacts).flatMap(({ environment }) => environment ?? []))
  const assembly: Assembly = { stacks: [], assets: new Map() }
  for (const [id, { type, properties = {} }] of Object.entries(artifacts)) {
    if (type === 'aws:cloudformation:stack' && properties.templateFile) {
      const template = readJson<Template>(resolve(directory, properties.templateFile), here)
      assembly.stacks.push({ name: properties.stackName ?? id, template })
    }
    if (type === 'cdk:asset-manifest' && properties.file) addAssets(assembly, directory, properties.file)
  }
  if (assembly.stacks.length === 0) throw new Error(`no stack in ${directory}; synthesize the app first`)
  return assembly
}

function addAssets({ assets }: Assembly, directory: string, file: string): void {
  const { files = {} } = readJson<AssetManifest>(resolve(directory, file))
  for (const { source, destinations } of Object.values(files)) {
    if (source.path === undefined) continue
    for (const { objectKey } of Object.values(destinations)) {
      assets.set(basename(objectKey), resolve(directory, source.path))
    }
  }
}

function readJson<T>(path: string, change: Relocate = (text) => text): T {
  try {
    return JSON.parse(change(readFileSync(path, 'utf8'))) as T
  } catch (error) {
    throw new Error(`cannot read ${path}: ${(error as Error).message}; synthesize the app again`)
  }
}
