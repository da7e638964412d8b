import { prune } from './commands/prune.ts'

/** What a command needs of the process it runs in. */
export type Process = {
  argv: string[]
  env: NodeJS.ProcessEnv
  stdout: { write(text: string): unknown }
  stderr: { write(text: string): unknown }
}

/** Answers the exit code. @throws Error what is told to the caller in one line */
export type Command = (args: string[], process: Process) => Promise<number>

const COMMANDS: Record<string, Command> = { prune }

const USAGE = `usage: standdown <command>

  prune   lists what earlier deployments left behind and nothing running needs; --yes deletes it
`

/** The command line; answers the exit code. */
export async function run(process: Process): Promise<number> {
  const [name = '', ...args] = process.argv.slice(2)
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) {
    const isAsked = name === '' || name === '--help'
    const output = isAsked ? process.stdout : process.stderr
    output.write(USAGE)
    return isAsked ? 0 : 2
  }
  try {
    return await command(args, process)
  } catch (error) {
    process.stderr.write(`standdown ${name}: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}
