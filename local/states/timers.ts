import { Stopped } from './state-failure.ts'

/** Node fires a longer timer at once. */
const LONGEST = 2 ** 31 - 1

export function startTimer(milliseconds: number, fire: () => void): () => void {
  const due = Date.now() + milliseconds
  let timer: NodeJS.Timeout
  const arm = () => {
    const left = due - Date.now()
    timer = left > LONGEST ? setTimeout(arm, LONGEST) : setTimeout(fire, Math.max(0, left))
  }
  arm()
  return () => clearTimeout(timer)
}

type Resolvers<T> = { resolve(value: T): void; reject(error: unknown): void }

/** A promise that ends by itself or with `Stopped`, and then runs the disposer that `begin` returned. */
export function stoppable<T>(
  signal: AbortSignal,
  begin: (resolvers: Resolvers<T>) => () => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) return reject(new Stopped())
    let dispose: (() => void) | undefined
    let over = false
    const finish = (act: () => void) => {
      if (over) return
      over = true
      signal.removeEventListener('abort', onStop)
      dispose?.()
      act()
    }
    const onStop = () => finish(() => reject(new Stopped()))
    signal.addEventListener('abort', onStop)
    dispose = begin({
      resolve: (value) => finish(() => resolve(value)),
      reject: (error) => finish(() => reject(error)),
    })
    if (over) dispose()
  })
}

export function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return stoppable<void>(signal, ({ resolve }) => startTimer(milliseconds, () => resolve()))
}
