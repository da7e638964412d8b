import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { startRuntime } from 'standdown-local'
import { PAGE_FOLDER, PAGE_HEADERS } from '#cli/console/page.ts'

/**
 * The product with the test jobs, on free ports, until the standard input ends: so it never outlives who
 * started it. Prints one line of JSON once it answers. Argument: a folder for its assembly and its data.
 */
const folder = process.argv[2]
if (!folder) throw new Error('name a folder: node test/jobs/serve.ts <folder>')
const assemblyDir = join(folder, 'assembly')
execFileSync(process.execPath, [join(import.meta.dirname, 'build.ts'), assemblyDir], {
  stdio: ['ignore', 'ignore', 'inherit'],
})
const runtime = await startRuntime({
  ...{ assemblyDir, dataDir: join(folder, 'data'), apiPort: 0, awsPort: 0 },
  runCommands: true,
  files: { folder: PAGE_FOLDER, headers: PAGE_HEADERS },
  log: (line) => console.error(line),
})
console.log(JSON.stringify({ api_url: runtime.apiUrl, aws_url: runtime.awsUrl }))

const stop = async (): Promise<void> => {
  await runtime.close()
  process.exit(0)
}
process.stdin.on('end', stop).resume()
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
