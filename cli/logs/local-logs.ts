import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { isOfStep, type LogLine, type LogQuery, logLine } from './log-line.ts'

export const logFolder = (dataDir: string): string => join(dataDir, 'logs')

/** The lines that name a job, of every function's file; a full file is kept once beside it. */
export async function localLines(dataDir: string, { jobId, since, step }: LogQuery): Promise<LogLine[]> {
  const folder = logFolder(dataDir)
  const names = await readdir(folder).catch(() => [])
  const lines: LogLine[] = []
  for (const name of names.sort().reverse()) {
    const [, from] = /^(.*)\.log(?:\.1)?$/.exec(name) ?? []
    if (from === undefined || !isOfStep(from, step)) continue
    for await (const raw of createInterface({ input: createReadStream(join(folder, name)) })) {
      if (raw.includes(jobId)) lines.push(logLine(raw, { at: since, from }))
    }
  }
  return lines
}
