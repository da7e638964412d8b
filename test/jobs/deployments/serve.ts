import { startRuntime } from 'standdown-local'

/** An assembly on a data folder, until the standard input ends. Prints one line of JSON once it answers. */
const [assemblyDir, dataDir] = process.argv.slice(2)
if (!assemblyDir || !dataDir) throw new Error('node test/jobs/deployments/serve.ts <assembly> <data>')
const log = (line: string): void => console.error(line)
const runtime = await startRuntime({
  assemblyDir,
  dataDir,
  apiPort: 0,
  awsPort: 0,
  marker: 'standdown.json',
  log,
})
console.log(JSON.stringify({ api_url: runtime.apiUrl, aws_url: runtime.awsUrl }))
process.stdin
  .on('end', async () => {
    await runtime.close()
    process.exit(0)
  })
  .resume()
