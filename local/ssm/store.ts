import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CommandRecord, isOpen } from './record.ts'

/** How long AWS keeps a command. */
const KEPT_MS = 30 * 24 * 60 * 60_000
const CUT_OFF = 'cut off: the runtime that ran it was stopped\n'

/** Commands, a file each, newest first. */
export type CommandStore = {
  all(): CommandRecord[]
  get(id: string): CommandRecord | undefined
  save(command: CommandRecord): void
}

/** Reads what there is; a command that a stop of the runtime cut off has failed. */
export function openCommandStore(directory: string, now: number): CommandStore {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const commands = new Map<string, CommandRecord>()
  const save = (command: CommandRecord): void => {
    commands.set(command.id, command)
    const file = join(directory, `${command.id}.json`)
    // A kill leaves the old file or the new one.
    writeFileSync(`${file}.new`, JSON.stringify(command), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }
  for (const name of readdirSync(directory).filter((each) => each.endsWith('.json'))) {
    const command = JSON.parse(readFileSync(join(directory, name), 'utf8')) as CommandRecord
    if (now - command.requestedAt > KEPT_MS) rmSync(join(directory, name))
    else if (command.invocations.some(isOpen)) save(endCutOff(command, now))
    else commands.set(command.id, command)
  }
  const newestFirst = (): CommandRecord[] =>
    [...commands.values()].sort((a, b) => b.requestedAt - a.requestedAt)
  return { all: newestFirst, get: (id) => commands.get(id), save }
}

/** What was running when the runtime ended is over: nobody knows how far it came. */
export function endCutOff(command: CommandRecord, now: number): CommandRecord {
  for (const invocation of command.invocations.filter(isOpen)) {
    for (const plugin of invocation.plugins.filter(isOpen)) {
      plugin.stderr += CUT_OFF
      Object.assign(plugin, { status: 'Failed', details: 'Failed', endedAt: now })
    }
    Object.assign(invocation, { status: 'Failed', details: 'Failed' })
  }
  return command
}
