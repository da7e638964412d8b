import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '#local/template/assembly.ts'

/** A resource of a stack, as CloudFormation knows it. */
export type StackResource = {
  stack: string
  logicalId: string
  type: string
  /** What `Ref` gives. */
  physicalId: string
  name: string
  arn: string
  /** Worked out; those of a version are its function's at the time it was published. */
  properties: JsonObject
  /** Stays when it is removed from the template. */
  retained: boolean
}

/** `owned`: it is in the template of the last deployment; what is not was retained by a later one. */
export type DeployedResource = StackResource & { owned: boolean; updatedAt: number }

type Content = { resources: DeployedResource[]; published: Record<string, number> }

const FILE = 'deployed.json'

/** What was deployed into a data folder: an account remembers it from one deployment to the next. */
export class Ledger {
  readonly #path: string
  /** By function, the last number. */
  readonly #published: Map<string, number>
  /** Of versions that this deployment publishes. */
  readonly #numbers = new Map<string, number>()
  #resources: DeployedResource[]

  constructor(dataDir: string) {
    this.#path = join(dataDir, FILE)
    const { resources, published } = read(this.#path)
    this.#resources = resources
    this.#published = new Map(Object.entries(published))
  }

  get resources(): readonly DeployedResource[] {
    return this.#resources
  }

  ofType(type: string): DeployedResource[] {
    return this.#resources.filter((resource) => resource.type === type)
  }

  /** The number of a published version: its own if it was deployed before, else the next one. Numbers never come again. */
  versionNumber(functionName: string, logicalId: string): number {
    const known = this.ofType('AWS::Lambda::Version').find(
      (version) => version.logicalId === logicalId && version.properties.FunctionName === functionName,
    )
    const key = `${functionName} ${logicalId}`
    const number = known ? Number(numberIn(known.arn)) : this.#numbers.get(key)
    if (number !== undefined) return number
    const next = (this.#published.get(functionName) ?? 0) + 1
    this.#published.set(functionName, next)
    this.#numbers.set(key, next)
    return next
  }

  /**
   * A deployment: what is in the template is there; what is not any more is deleted, unless it is retained. Answers
   * what was deleted. A function goes with all of its versions.
   */
  deploy(wanted: StackResource[], now: number): DeployedResource[] {
    const before = new Map(this.#resources.map((resource) => [keyOf(resource), resource]))
    const owned = wanted.map((resource): DeployedResource => {
      const known = before.get(keyOf(resource))
      // A version never changes once it is published.
      const { properties } = known && resource.type === 'AWS::Lambda::Version' ? known : resource
      const changed = !known || JSON.stringify(known.properties) !== JSON.stringify(properties)
      return { ...resource, properties, owned: true, updatedAt: changed ? now : known.updatedAt }
    })
    for (const resource of wanted) before.delete(keyOf(resource))
    const rest = [...before.values()]
    const deleted = rest.filter(({ retained }) => !retained)
    this.#resources = [...owned, ...rest.filter(({ retained }) => retained).map(disowned)]
    for (const { type, name } of deleted)
      if (type === 'AWS::Lambda::Function') deleted.push(...this.#takeVersions(name))
    return deleted
  }

  delete(resource: DeployedResource): void {
    this.#resources = this.#resources.filter((other) => other !== resource)
    if (resource.type === 'AWS::Lambda::Function') this.#takeVersions(resource.name)
    this.save()
  }

  save(): void {
    const content: Content = { resources: this.#resources, published: Object.fromEntries(this.#published) }
    writeFileSync(`${this.#path}.new`, JSON.stringify(content), { mode: 0o600 })
    renameSync(`${this.#path}.new`, this.#path)
  }

  #takeVersions(functionName: string): DeployedResource[] {
    const versions = this.ofType('AWS::Lambda::Version').filter(
      ({ properties }) => properties.FunctionName === functionName,
    )
    this.#resources = this.#resources.filter((resource) => !versions.includes(resource))
    return versions
  }
}

const keyOf = ({ type, physicalId }: StackResource): string => `${type} ${physicalId}`
const disowned = (resource: DeployedResource): DeployedResource => ({ ...resource, owned: false })
export const numberIn = (versionArn: string): string => versionArn.split(':').at(-1) ?? ''

function read(path: string): Content {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Content
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { resources: [], published: {} }
    throw new Error(`the data folder is damaged: ${path}: ${(error as Error).message}; move the folder away`)
  }
}
