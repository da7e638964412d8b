import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

export const LAST = '@last'

/** Each API has a file of its own: what was started on AWS is not the last one here. */
function fileOf(apiUrl: string, env: NodeJS.ProcessEnv): string {
  const state = env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state')
  const name = createHash('sha256').update(apiUrl).digest('hex').slice(0, 16)
  return join(state, 'standdown', 'last', name)
}

/** Written aside and renamed: of two starts at once one is the last, and nobody reads half an id. */
export async function rememberLast(jobId: string, apiUrl: string, env: NodeJS.ProcessEnv): Promise<void> {
  const file = fileOf(apiUrl, env)
  const own = `${file}.${randomUUID()}`
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(own, jobId, { mode: 0o600 })
  await rename(own, file)
}

/** Undefined where none was started from here. */
export const lastStarted = (apiUrl: string, env: NodeJS.ProcessEnv): Promise<string | undefined> =>
  readFile(fileOf(apiUrl, env), 'utf8').catch(() => undefined)
