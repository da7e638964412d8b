import { ValueNotKept } from '#core/errors.ts'
import type { Measure, Progress, Step } from '#core/step/step.ts'
import type { Report } from '#core/step/written.ts'
import { bytesOf, type JsonText, type JsonValue, jsonText, MAX_PROGRESS_BYTES } from '#core/value.ts'
import type { Log, Needs } from '../ports.ts'
import { roomBeside, ValuePlaces } from '../values/places.ts'

/**
 * What the author has reported and the step's item does not have yet: the newest checkpoint and the newest progress.
 *
 * A checkpoint too large for the item is written beside it meanwhile, and goes into the item with the next write:
 * neither a look at the abort nor the lease ever waits for it.
 */
export class Reported {
  private readonly places: ValuePlaces
  private readonly log: Log
  private readonly room: number
  private data: JsonValue | undefined
  private progress: Progress | undefined
  /** The newest checkpoint, where it has to be written beside the item first. */
  private large: JsonText | undefined
  private putting: Promise<void> | undefined
  /** Counts the small checkpoints: a large one that was given before is not to take its place. */
  private overtaken = 0

  constructor({ values, log }: Needs<'values' | 'log'>, step: Step, owner: string) {
    this.places = new ValuePlaces(values, { job_execution_id: step.job_execution_id, owner })
    this.log = log
    this.room = roomBeside(step.result)
  }

  /** @throws ValueNotKept */
  checkpoint(data: unknown): void {
    const text = jsonText(data, { what: 'the checkpoint' })
    const isSmall = bytesOf(text) <= this.room
    this.large = isSmall ? undefined : text
    if (!isSmall) return
    this.data = { text }
    this.overtaken += 1
  }

  /** @throws ValueNotKept */
  report(progress: Progress): void {
    this.progress = checkedProgress(progress)
  }

  get isReady(): boolean {
    return this.data !== undefined || this.progress !== undefined
  }

  /** Begins to write a large checkpoint, unless one is on its way; does not wait for it. */
  prepare(): void {
    if (this.large === undefined || this.data !== undefined) return
    const unkept = (error: Error) => this.log.warn('a checkpoint could not be kept yet', error)
    this.putLarge(this.large).catch(unkept)
  }

  /** What the next write of the item carries. */
  take(): Report {
    const { data, progress } = this
    this.data = undefined
    this.progress = undefined
    if (data) this.places.sending(data)
    return { ...(data && { data }), ...(progress && { progress }) }
  }

  /** The write that should have carried it failed: unless there is something newer, it goes with the next one. */
  putBack({ data, progress }: Report): void {
    this.data ??= data
    this.progress ??= progress
  }

  /** The item as it now is. */
  written(step: Step): void {
    this.places.confirmed(step.checkpoint)
  }

  /** All that was reported, for the last write. @throws Error where a large checkpoint could not be written */
  async last(): Promise<Report> {
    await this.prepared()
    return this.take()
  }

  /** The next write carries the newest checkpoint, however large. @throws Error where that could not be written */
  async prepared(): Promise<void> {
    await this.putting?.catch(() => undefined)
    if (this.large !== undefined) await this.putLarge(this.large)
  }

  private putLarge(text: JsonText): Promise<void> {
    this.putting ??= this.put(text).finally(() => {
      this.putting = undefined
    })
    return this.putting
  }

  private async put(text: JsonText): Promise<void> {
    const { overtaken } = this
    const value = await this.places.put(text, this.data)
    if (this.overtaken !== overtaken) return
    this.data = value
    if (this.large === text) this.large = undefined
  }
}

function checkedProgress({ also, ...measure }: Progress): Progress {
  const progress = { ...checkedMeasure(measure), ...(also && { also: checkedMeasure(also) }) }
  jsonText(progress, { what: 'the progress', max: MAX_PROGRESS_BYTES })
  return progress
}

function checkedMeasure({ done, total, unit, map_total }: Measure): Measure {
  const numbers = [done, total ?? 0, map_total ?? 0]
  const fits = numbers.every((number) => Number.isFinite(number)) && typeof unit === 'string'
  if (!fits) {
    throw new ValueNotKept(
      'the progress cannot be kept: it is { done: number, total: number or null, unit: text }, and may have ' +
        'map_total: number, and also: { done, total, unit }',
    )
  }
  return { done, total: total ?? null, unit, ...(map_total === undefined ? {} : { map_total }) }
}
