import { join } from 'node:path'
import { type LeftWork, startRuntime } from 'standdown-local'
import { endLeftWork } from '#cli/dev/end-left-work.ts'

/** An assembly on a data folder, until the standard input ends. Prints one line of JSON once it answers. */
const [assemblyDir, dataDir] = process.argv.slice(2)
if (!assemblyDir || !dataDir) throw new Error('node test/jobs/deployments/serve.ts <assembly> <data>')
const root = join(import.meta.dirname, '../../..')
const work = new AbortController()
const runtime = await startRuntime({
  assemblyDir,
  dataDir,
  apiPort: 0,
  awsPort: 0,
  marker: 'standdown.json',
  onLeftWork: (left: LeftWork) => endLeftWork(left, { root, signal: work.signal }),
  log: (line) => console.error(line),
})
console.log(JSON.stringify({ api_url: runtime.apiUrl, aws_url: runtime.awsUrl }))
process.stdin
  .on('end', async () => {
    work.abort()
    await runtime.close()
    process.exit(0)
  })
  .resume()
