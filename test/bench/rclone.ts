import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const NO_FILE = ['--config', '/dev/null']

export type Remote = { name: string; endpoint: string; accessKeyId: string; secretAccessKey: string }

/** Nothing of the AWS settings of this machine. */
const environmentOf = (remotes: Remote[]): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  ...Object.fromEntries(remotes.flatMap(settingsOf)),
})

function settingsOf({ name, endpoint, accessKeyId, secretAccessKey }: Remote): [string, string][] {
  const settings = {
    TYPE: 's3',
    PROVIDER: 'Other',
    ENDPOINT: endpoint,
    REGION: 'us-east-1',
    ACCESS_KEY_ID: accessKeyId,
    SECRET_ACCESS_KEY: secretAccessKey,
    FORCE_PATH_STYLE: 'true',
    LIST_VERSION: '2',
  }
  return Object.entries(settings).map(([key, value]) => [`RCLONE_CONFIG_${name.toUpperCase()}_${key}`, value])
}

export type Place = { remote: Remote; bucket: string }

const textOf = ({ remote, bucket }: Place): string => `${remote.name}:${bucket}`

/** Seconds of a copy of `count` objects. */
export async function rcloneSeconds(
  from: Place,
  to: Place,
  { transfers, count }: { transfers: number; count: number },
): Promise<number> {
  const env = environmentOf([from.remote, to.remote])
  const flags = [...NO_FILE, '--transfers', String(transfers), '--stats', '0']
  const started = performance.now()
  await run('rclone', ['copy', textOf(from), textOf(to), ...flags], { env })
  const took = (performance.now() - started) / 1_000
  const { stdout } = await run('rclone', ['size', textOf(to), '--json', ...NO_FILE], { env })
  if (JSON.parse(stdout).count !== count) throw new Error(`rclone copied ${stdout}`)
  return took
}
