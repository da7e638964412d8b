import { stripVTControlCharacters } from 'node:util'
import type { Output } from '../process.ts'

const CLEAR_BELOW = '\u001b[0J'
const up = (lines: number): string => (lines === 0 ? '' : `\u001b[${lines}A\r`)

/** Lines that are drawn again in their place. */
export class Screen {
  readonly #output: Output
  #drawn = 0

  constructor(output: Output) {
    this.#output = output
  }

  draw(lines: string[]): void {
    const cut = lines.map((line) => this.#fit(line))
    this.#output.write(`${up(this.#drawn)}${CLEAR_BELOW}${cut.join('\n')}\n`)
    this.#drawn = cut.length
  }

  /** Takes away what was drawn. */
  clear(): void {
    this.#output.write(`${up(this.#drawn)}${CLEAR_BELOW}`)
    this.#drawn = 0
  }

  /** A line that wrapped would be two, and the next picture one line too high. */
  #fit(line: string): string {
    // A terminal of unknown width says 0.
    const columns = this.#output.columns || 80
    const plain = stripVTControlCharacters(line)
    return plain.length < columns ? line : `${plain.slice(0, columns - 2)}…`
  }
}
