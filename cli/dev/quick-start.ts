import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { DESTINATION, SOURCE } from './seed/buckets.ts'

export type Place = { awsUrl: string; region: string; dataDir: string; root: string }

const INPUT = 'slow-migration.json'

/** Another name of the same store: the bytes then pass through the steps, an object at a time, which takes a while. */
const slowMigration = (awsUrl: string) => ({
  source: { endpoint: awsUrl.replace('127.0.0.1', 'localhost'), bucket: SOURCE },
  destination: { bucket: DESTINATION },
  concurrency: 1,
  part_size_mib: 5,
  multipart_threshold_mib: 8,
})

/** Lines to paste into a shell, in the order in which one tries them; the input they name is written beside the data. */
export function quickStart({ awsUrl, region, dataDir, root }: Place): string[] {
  const input = join(dataDir, INPUT)
  writeFileSync(input, `${JSON.stringify(slowMigration(awsUrl), null, 2)}\n`)
  const isUsual = dataDir === join(root, '.standdown')
  const execution = `arn:aws:states:${region}:000000000000:execution:standdown-object-migration`
  return [
    '# start a migration that takes a while, ask what an abort would do, abort it in mid-copy',
    ...(isUsual ? [] : [`export STANDDOWN_DATA=${quoted(dataDir)}`]),
    `npx standdown start object-migration -i @${isUsual ? relative(root, input) : quoted(input)}`,
    'npx standdown plan @last',
    'npx standdown abort @last --reason "wrong bucket" --wait',
    '# or stop one as the AWS console does, and see that it is stood down all the same',
    `export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=${region} AWS_ENDPOINT_URL=${awsUrl}`,
    `aws stepfunctions stop-execution --execution-arn ${execution}:$(npx standdown ps -n 1 -o id)`,
  ]
}

const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
