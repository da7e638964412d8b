import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const ROTATE_BYTES = 10 * 1024 * 1024

export type FunctionLog = { write(chunk: Buffer | string): void; close(): void }

/** The log file of one function; the full file is kept once as `<name>.log.1`. */
export function openFunctionLog(directory: string, name: string, rotateBytes = ROTATE_BYTES): FunctionLog {
  mkdirSync(directory, { recursive: true })
  const path = join(directory, `${name}.log`)
  let fd: number | undefined
  let size = 0
  let closed = false
  const open = (): number => {
    fd = openSync(path, 'a', 0o600)
    size = fstatSync(fd).size
    return fd
  }
  const shut = (): void => {
    if (fd !== undefined) closeSync(fd)
    fd = undefined
  }
  const append = (bytes: Buffer): void => {
    // Written synchronously: a function that floods its log cannot fill the runtime's memory.
    writeSync(fd ?? open(), bytes)
    size += bytes.length
    if (size < rotateBytes) return
    shut()
    renameSync(path, `${path}.1`)
  }
  return {
    write(chunk) {
      if (closed) return
      try {
        append(Buffer.from(chunk))
      } catch {
        // A full disk or a folder that was removed costs log lines, not the runtime.
        shut()
      }
    },
    close() {
      closed = true
      shut()
    },
  }
}
