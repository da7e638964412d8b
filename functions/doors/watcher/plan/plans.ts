import { ConflictError, NotFoundError } from '#core/errors.ts'
import { timeAt } from '#core/time.ts'
import {
  allRecords,
  type DoorRecord,
  type DoorRecords,
  MAX_CHANGES,
  type RecordChange,
} from '#engine/door-records.ts'
import { inParallel } from '#engine/in-parallel.ts'
import { type Counted, writeCounted } from '../../openstack/counted-records.ts'
import type { Graph } from './graph.ts'
import type { Action, Plan } from './plan.ts'

/** A project has so many plans at most: lists are sorted in memory. */
export const MAX_PLANS = 10_000
const TRIES = 20
const AT_ONCE = 20

const PLANS = 'plans/'
const setOf = (project: string): string => `${PLANS}${project}`
const deletedOf = (project: string): string => `deleted-plans/${project}`
const actionsOf = (plan: string): string => `plan-actions/${plan}`
/** Where an action is that is asked for by its own uuid. */
const placesOf = (project: string): string => `plan-action-places/${project}`
const GRAPHS = 'plan-graphs'
const COUNTS = 'plan-projects'

const placeOf = (index: number): string => String(index).padStart(3, '0')
const notFound = (what: string, uuid: string): NotFoundError =>
  new NotFoundError(`${what} ${uuid} could not be found`)

/** Whether a record of this set is a plan that is not deleted. */
export const isPlans = (set: string): boolean => set.startsWith(PLANS)

type Place = { plan: string; index: number }
export type NewPlan = { plan: Plan; actions: Action[]; graph: Graph }

/** The action plans of all projects, over the records of doors. */
export class Plans {
  private readonly records: DoorRecords
  private readonly now: () => number

  constructor(records: DoorRecords, now: () => number = Date.now) {
    this.records = records
    this.now = now
  }

  /** @throws NotFoundError */
  async find(project: string, uuid: string): Promise<Plan> {
    return (await this.record(project, uuid)).value
  }

  /** Also one that was deleted: what is still to be told of it, is. */
  async kept(project: string, uuid: string): Promise<Plan | undefined> {
    for (const set of [setOf(project), deletedOf(project)]) {
      const found = await this.records.get<Plan>({ set, id: uuid })
      if (found) return found.value
    }
    return undefined
  }

  async list(project: string): Promise<Plan[]> {
    const found = await allRecords<Plan>(this.records, setOf(project))
    return found.map(({ value }) => value)
  }

  async actions(plan: string): Promise<Action[]> {
    const found = await allRecords<Action>(this.records, actionsOf(plan))
    return found.map(({ value }) => value)
  }

  /** @throws Error where there is none of that place */
  async action(plan: string, index: number): Promise<Action> {
    const found = await this.records.get<Action>({ set: actionsOf(plan), id: placeOf(index) })
    if (found) return found.value
    throw new Error(`the plan ${plan} has no action ${index}`)
  }

  /** By its own uuid. @throws NotFoundError */
  async findAction(project: string, uuid: string): Promise<{ plan: Plan; action: Action }> {
    const place = await this.records.get<Place>({ set: placesOf(project), id: uuid })
    if (!place) throw notFound('Action', uuid)
    const { plan: planId, index } = place.value
    const plan = await this.find(project, planId).catch(() => {
      throw notFound('Action', uuid)
    })
    return { plan, action: await this.action(planId, index) }
  }

  async graph(plan: string): Promise<Graph> {
    const found = await this.records.get<Graph>({ set: GRAPHS, id: plan })
    if (found) return found.value
    throw new Error(`the plan ${plan} has no graph`)
  }

  async isFull(project: string): Promise<boolean> {
    const found = await this.records.get<Counted>({ set: COUNTS, id: project })
    return (found?.value.count ?? 0) >= MAX_PLANS
  }

  /** Its parts before the plan, which nobody sees until it is whole. @throws ConflictError */
  async create({ plan, actions, graph }: NewPlan): Promise<Plan> {
    const { project, uuid } = plan
    const parts = actions.map((action): RecordChange => {
      return { set: actionsOf(uuid), id: placeOf(action.index), from: null, to: action }
    })
    await this.writeAll([...parts, { set: GRAPHS, id: uuid, from: null, to: graph }])
    await this.place(project, actions)
    await this.counting(project, 1, async () => [{ set: setOf(project), id: uuid, from: null, to: plan }])
    return plan
  }

  /** @throws NotFoundError, ConflictError, and what `change` throws */
  async update(project: string, uuid: string, change: (plan: Plan) => Plan): Promise<Plan> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const { value: plan, version } = await this.record(project, uuid)
      const changed = change(plan)
      if (changed === plan) return plan
      const to = { ...changed, updated_at: timeAt(this.now()) }
      if (await this.records.write([{ set: setOf(project), id: uuid, from: version, to }])) return to
    }
    throw new ConflictError(`ActionPlan ${uuid} is being changed by many at once: try again`)
  }

  /** No item is deleted: it is kept apart, out of every list. @throws NotFoundError, and what `check` throws */
  async remove(project: string, uuid: string, check: (plan: Plan) => void): Promise<void> {
    await this.counting(project, -1, async () => {
      const { value: plan, version } = await this.record(project, uuid)
      check(plan)
      const deleted = { ...plan, deleted_at: timeAt(this.now()) }
      return [
        { set: setOf(project), id: uuid, from: version, to: null },
        { set: deletedOf(project), id: uuid, from: null, to: deleted },
      ]
    })
  }

  private async record(project: string, uuid: string): Promise<DoorRecord<Plan>> {
    const found = await this.records.get<Plan>({ set: setOf(project), id: uuid })
    if (found) return found
    throw notFound('ActionPlan', uuid)
  }

  private async writeAll(changes: RecordChange[]): Promise<void> {
    for (let at = 0; at < changes.length; at += MAX_CHANGES) {
      if (await this.records.write(changes.slice(at, at + MAX_CHANGES))) continue
      throw new ConflictError('the plan is being written already: try again')
    }
  }

  /** A place that a plan holds which was never written, as when its request was cut off, is free. */
  private async place(project: string, actions: Action[]): Promise<void> {
    const changes: RecordChange[] = []
    await inParallel(actions, AT_ONCE, async ({ uuid, plan, index }) => {
      const key = { set: placesOf(project), id: uuid }
      const known = await this.records.get<Place>(key)
      if (known && (await this.isKept(project, known.value.plan))) {
        throw new ConflictError(`An action with UUID ${uuid} already exists.`)
      }
      changes.push({ ...key, from: known?.version ?? null, to: { plan, index } })
    })
    await this.writeAll(changes)
  }

  private async isKept(project: string, plan: string): Promise<boolean> {
    const sets = [setOf(project), deletedOf(project)]
    const found = await Promise.all(sets.map((set) => this.records.get({ set, id: plan })))
    return found.some((record) => record !== undefined)
  }

  private counting(project: string, by: number, changes: () => Promise<RecordChange[]>): Promise<void> {
    const count = { set: COUNTS, id: project, by, most: MAX_PLANS, noun: 'plans' }
    return writeCounted(this.records, count, changes)
  }
}
