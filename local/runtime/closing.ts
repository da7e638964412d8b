export interface Closing {
  /** Remembers what must be closed; the last one added goes first. */
  add(close: () => void | Promise<void>): void
  readonly started: boolean
  close(): Promise<void>
}

/** Closes everything that was opened, in reverse order, also when one of them fails. */
export function createClosing(log: (line: string) => void): Closing {
  const steps: (() => void | Promise<void>)[] = []
  let closed: Promise<void> | undefined
  const run = async (): Promise<void> => {
    for (const step of steps.splice(0).reverse()) {
      try {
        await step()
      } catch (error) {
        log(`could not close cleanly: ${(error as Error).message}`)
      }
    }
  }
  return {
    add: (step) => void steps.push(step),
    get started() {
      return closed !== undefined
    },
    close() {
      closed ??= Promise.resolve().then(run)
      return closed
    },
  }
}
