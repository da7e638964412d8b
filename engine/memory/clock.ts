import type { Clock, Ids } from '../ports.ts'

type Timer = { at: number; every: number | null; work: () => void }

/** Stands still until it is moved. */
export class ManualClock implements Clock {
  private time: number
  private readonly timers = new Set<Timer>()

  constructor(start = Date.parse('2026-01-31T09:00:00.000Z')) {
    this.time = start
  }

  now(): number {
    return this.time
  }

  after(milliseconds: number, work: () => void): () => void {
    return this.add({ at: this.time + milliseconds, every: null, work })
  }

  every(milliseconds: number, work: () => void): () => void {
    return this.add({ at: this.time + milliseconds, every: milliseconds, work })
  }

  /** Goes on by so much and runs, in order, what falls due on the way. */
  advance(milliseconds: number): void {
    const end = this.time + milliseconds
    for (let timer = this.next(end); timer; timer = this.next(end)) {
      this.time = timer.at
      if (timer.every === null) this.timers.delete(timer)
      else timer.at += timer.every
      timer.work()
    }
    this.time = end
  }

  private add(timer: Timer): () => void {
    this.timers.add(timer)
    return () => this.timers.delete(timer)
  }

  private next(end: number): Timer | undefined {
    const due = [...this.timers].filter((timer) => timer.at <= end)
    return due.sort((a, b) => a.at - b.at)[0]
  }
}

/** `id-1`, `id-2`, ... */
export class CountingIds implements Ids {
  private count = 0

  random(): string {
    this.count += 1
    return `id-${this.count}`
  }
}
