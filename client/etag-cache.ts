/** A page polls a handful of addresses; each token of a list is one of its own. */
const MOST = 100

export type Tagged = { etag: string; body: unknown }

/** The last answers that had an `ETag`, by their address. */
export class EtagCache {
  readonly #answers = new Map<string, Tagged>()

  get(url: string): Tagged | undefined {
    return this.#answers.get(url)
  }

  put(url: string, answer: Tagged): void {
    this.#answers.delete(url)
    this.#answers.set(url, answer)
    const [oldest] = this.#answers.keys()
    if (this.#answers.size > MOST && oldest !== undefined) this.#answers.delete(oldest)
  }
}
