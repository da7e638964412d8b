import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Remembers the emulator of a database, so that the next start never opens the file beside a left-over one. */
export function recordEmulator(pidFile: string, pid: number | undefined): void {
  if (pid === undefined) rmSync(pidFile, { force: true })
  else writeFileSync(pidFile, String(pid))
}

export async function endStaleEmulator(pidFile: string, dbPath: string): Promise<void> {
  const pid = Number(read(pidFile))
  if (!Number.isInteger(pid) || pid <= 0) return
  // The pid may belong to someone else by now: only a process that names our database is ours.
  for (let tries = 0; tries < 200 && read(`/proc/${pid}/cmdline`).split('\0').includes(dbPath); tries++) {
    killQuietly(pid)
    await sleep(10)
  }
  rmSync(pidFile, { force: true })
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // already gone
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
