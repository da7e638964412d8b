import Table from 'cli-table3'
import { plainJson } from '#core/text/plain-json.ts'
import { plainText } from '#core/text/plain-text.ts'
import type { Process } from '../process.ts'
import { type Paint, paintFor } from './paint.ts'

export const FORMATS = ['table', 'json', 'ndjson', 'id'] as const
export type Format = (typeof FORMATS)[number]

/** A cell's text comes from elsewhere, but for what `paint` added to it afterwards. */
const MAX_CELL = 200

export const cell = (text: string): string => plainText(text, MAX_CELL)

export type ListView<Item> = {
  head: string[]
  row(item: Item): string[]
  id(item: Item): string
  /** What a person is told where there is none. */
  empty: string
}
export type OneView<Item> = { text(item: Item): string; id(item: Item): string }

/** Writes data to stdout: a table on a terminal, JSON in a pipe, or what `-o` says. */
export class Printer {
  readonly format: Format
  readonly paint: Paint
  readonly #process: Process

  constructor(process: Process, format: Format | undefined) {
    this.#process = process
    this.format = format ?? (process.stdout.isTTY ? 'table' : 'json')
    this.paint = paintFor(process.stdout, process.env)
  }

  list<Item>(items: Item[], view: ListView<Item>): void {
    if (this.format === 'ndjson') for (const item of items) this.line(plainJson(item))
    else if (this.format === 'json') this.line(plainJson(items))
    else if (this.format === 'id') for (const item of items) this.line(view.id(item))
    else if (items.length === 0) this.#process.stderr.write(`${view.empty}\n`)
    else this.line(this.table(view.head, items.map(view.row)))
  }

  one<Item>(item: Item, { text, id }: OneView<Item>): void {
    if (this.format === 'table') this.line(text(item))
    else this.line(this.format === 'id' ? id(item) : plainJson(item))
  }

  /** Items that come one by one: as JSON each has a line of its own. */
  next<Item>(item: Item, { text, id }: OneView<Item>): void {
    if (this.format === 'table') this.line(text(item))
    else this.line(this.format === 'id' ? id(item) : plainJson(item))
  }

  table(head: string[], rows: string[][]): string {
    const none = Object.fromEntries(
      ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
        .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'])
        .map((side) => [side, '']),
    )
    const table = new Table({
      head: head.map((title) => this.paint('dim', title)),
      chars: { ...none, middle: '  ' },
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    })
    table.push(...rows)
    return table
      .toString()
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n')
  }

  line(text: string): void {
    this.#process.stdout.write(`${text}\n`)
  }
}
