/** Bounds the bytes that are held at once. What is larger than the whole budget waits until it has it alone. */
export class ByteBudget {
  #limit: number
  #held = 0
  #waiting: { bytes: number; start: () => void }[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  async hold<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    await this.#take(bytes)
    try {
      return await work()
    } finally {
      this.#held -= bytes
      this.#admit()
    }
  }

  #take(bytes: number): Promise<void> {
    return new Promise((start) => {
      this.#waiting.push({ bytes, start })
      this.#admit()
    })
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      if (this.#held > 0 && this.#held + next.bytes > this.#limit) return
      this.#waiting.shift()
      this.#held += next.bytes
      next.start()
    }
  }
}
