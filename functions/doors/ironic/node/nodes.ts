import { ConflictError, NotFoundError } from '#core/errors.ts'
import { timeAt } from '#core/time.ts'
import { allRecords, type DoorRecord, type DoorRecords, type RecordChange } from '#engine/door-records.ts'
import type { Page, PageQuery } from '#engine/ports.ts'
import { type Counted, writeCounted } from '../../openstack/counted-records.ts'
import type { Node } from './node.ts'

/** A project has so many nodes at most: lists are sorted in memory. */
export const MAX_NODES = 10_000
const TRIES = 20

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
export const isUuid = (text: string): boolean => UUID.test(text)

const setOf = (project: string): string => `nodes/${project}`
const namesOf = (project: string): string => `node-names/${project}`
/** Which projects have nodes, and how many. */
const PROJECTS = 'node-projects'

/** The nodes of all projects, over the records of doors. */
export class Nodes {
  private readonly records: DoorRecords
  private readonly now: () => number

  constructor(records: DoorRecords, now: () => number = Date.now) {
    this.records = records
    this.now = now
  }

  /** By uuid or name. @throws NotFoundError */
  async find(project: string, ident: string): Promise<Node> {
    return (await this.record(project, ident)).value
  }

  async list(project: string): Promise<Node[]> {
    const found = await allRecords<Node>(this.records, setOf(project))
    return found.map(({ value }) => value)
  }

  /** Some of a project's nodes, in the order of their uuids. */
  async page(project: string, query: PageQuery): Promise<Page<Node>> {
    const { items, next } = await this.records.page<Node>(setOf(project), query)
    return { items: items.map(({ value }) => value), next }
  }

  async projects(): Promise<string[]> {
    const found = await allRecords<Counted>(this.records, PROJECTS)
    return found.filter(({ value }) => value.count > 0).map(({ id }) => id)
  }

  /** @throws ConflictError where the uuid or the name is taken, or the project has its most */
  async create(node: Node): Promise<Node> {
    const { project, uuid, name } = node
    const created = { ...node, created_at: this.time(), updated_at: null }
    await this.counting(project, 1, async () => {
      const [known, named] = await Promise.all([
        this.records.get({ set: setOf(project), id: uuid }),
        name === null ? undefined : this.records.get({ set: namesOf(project), id: name }),
      ])
      if (known) throw new ConflictError(`A node with UUID ${uuid} already exists.`)
      if (named) throw new ConflictError(`A node with name ${name} already exists.`)
      return [{ set: setOf(project), id: uuid, from: null, to: created }, ...this.naming(project, name, uuid)]
    })
    return created
  }

  /**
   * Writes what `change` makes of the node, on condition that nobody wrote it meanwhile: else `change` is asked again.
   *
   * @throws NotFoundError, ConflictError where the new name is taken, and what `change` throws
   */
  async update(project: string, ident: string, change: (node: Node) => Node): Promise<Node> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const { value: node, version } = await this.record(project, ident)
      const changed = change(node)
      if (changed === node) return node
      const to = { ...changed, updated_at: this.time() }
      const renamed = await this.renaming(node, to)
      const own = { set: setOf(project), id: node.uuid, from: version, to }
      if (await this.records.write([own, ...renamed])) return to
    }
    throw new ConflictError(`Node ${ident} is being changed by many at once: try again`)
  }

  /** @throws NotFoundError, and what `check` throws */
  async remove(project: string, ident: string, check: (node: Node) => void): Promise<void> {
    await this.counting(project, -1, async () => {
      const { value: node, version } = await this.record(project, ident)
      check(node)
      const named =
        node.name === null ? undefined : await this.records.get({ set: namesOf(project), id: node.name })
      const name = named ? [{ set: namesOf(project), id: named.id, from: named.version, to: null }] : []
      return [{ set: setOf(project), id: node.uuid, from: version, to: null }, ...name]
    })
  }

  private async record(project: string, ident: string): Promise<DoorRecord<Node>> {
    const named = isUuid(ident)
      ? undefined
      : await this.records.get<string>({ set: namesOf(project), id: ident })
    const id = isUuid(ident) ? ident : named?.value
    const found = id === undefined ? undefined : await this.records.get<Node>({ set: setOf(project), id })
    if (found) return found
    throw new NotFoundError(`Node ${ident} could not be found.`)
  }

  private naming(project: string, name: string | null, uuid: string): RecordChange[] {
    return name === null ? [] : [{ set: namesOf(project), id: name, from: null, to: uuid }]
  }

  private async renaming(before: Node, after: Node): Promise<RecordChange[]> {
    if (before.name === after.name) return []
    const { project, uuid } = before
    const [old, taken] = await Promise.all(
      [before.name, after.name].map((name) =>
        name === null ? undefined : this.records.get({ set: namesOf(project), id: name }),
      ),
    )
    if (taken) throw new ConflictError(`A node with name ${after.name} already exists.`)
    const given = old ? [{ set: namesOf(project), id: old.id, from: old.version, to: null }] : []
    return [...given, ...this.naming(project, after.name, uuid)]
  }

  private counting(project: string, by: number, changes: () => Promise<RecordChange[]>): Promise<void> {
    const count = { set: PROJECTS, id: project, by, most: MAX_NODES, noun: 'nodes' }
    return writeCounted(this.records, count, changes)
  }

  private time(): string {
    return timeAt(this.now())
  }
}

/** For what is done to a node that somebody may have deleted meanwhile. */
export function unlessGone(error: Error): undefined {
  if (!(error instanceof NotFoundError)) throw error
  return undefined
}
