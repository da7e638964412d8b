import { startS3 } from './start.ts'

/** A process of its own around the server, to be killed: prints its endpoint. */
const { endpoint } = await startS3({ dataDir: process.argv[2] ?? '' })
process.stdout.write(`${endpoint}\n`)
