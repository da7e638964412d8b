/** npm passes on what the terminal has sent to us already: the second of two that come together is the first one's. */
const ECHO_MS = 300
const LOOK_MS = 500

export type Endings = {
  /** Asked to end: by a signal, or because whoever started us, or the reader of our output, has gone. */
  first(): void
  /** Asked again. */
  again(): void
}

/** Listens for whatever ends a program in the foreground. */
export function onEndings({ first, again }: Endings): void {
  let endedAt: number | undefined
  const end = (): void => {
    const echoes = endedAt !== undefined && Date.now() - endedAt < ECHO_MS
    if (endedAt === undefined) {
      endedAt = Date.now()
      first()
    } else if (!echoes) again()
  }
  const endOnce = (): void => {
    if (endedAt === undefined) end()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end)
  for (const output of [process.stdout, process.stderr]) output.on('error', endOnce)
  watchParent(endOnce)
}

/** A parent that was killed, or that passes no signal on, leaves its child to somebody else. */
function watchParent(onEnd: () => void): void {
  const parent = process.ppid
  const look = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(look)
    onEnd()
  }, LOOK_MS)
  look.unref()
}
