import { pathToFileURL } from 'node:url'

/** Prints, as JSON, what the handler of each step bundle named on the command line says of its step. */
const steps: unknown[] = []
for (const file of process.argv.slice(2)) {
  const { handler } = (await import(pathToFileURL(file).href)) as { handler?: { step?: unknown } }
  if (!handler?.step) throw new Error(`${file} exports no step: its handler must be made by defineStep`)
  steps.push(handler.step)
}
process.stdout.write(JSON.stringify(steps))
