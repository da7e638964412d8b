export type CommandOptions = {
  awsUrl: string
  apiUrl: string
  region: string
  source: string
  destination: string
}

const json = (value: unknown): string => `-H 'content-type: application/json' -d '${JSON.stringify(value)}'`

/** Takes one field out of a JSON answer with what every machine has. */
const field = (name: string): string => `sed 's/.*"${name}":"\\([^"]*\\)".*/\\1/'`

/** Lines to paste into a shell, in the order in which one tries them. */
export function seedCommands({ awsUrl, apiUrl, region, source, destination }: CommandOptions): string[] {
  const start = (from: object, more: object = {}) => {
    const input = { source: { bucket: source, ...from }, destination: { bucket: destination }, ...more }
    const body = json({ job_template_fq_name: 'object-migration', input })
    return `JOB=$(curl -s ${apiUrl}/execute-job ${body} | ${field('job_execution_id')}); echo $JOB`
  }
  const abort = (mode: string) => {
    const body = json({ input: { job_execution_id: '$JOB', abort_mode: mode } })
    return `curl -s ${apiUrl}/abort-job ${body.replace('$JOB', `'"$JOB"'`)}`
  }
  // another name of the same store: the bytes then pass through the steps, which takes some seconds
  const slow = start(
    { endpoint: awsUrl.replace('127.0.0.1', 'localhost') },
    { concurrency: 1, part_size_mib: 5, multipart_threshold_mib: 8 },
  )
  return [
    '# start a migration, and watch it',
    start({}),
    `curl -s ${apiUrl}/jobs/$JOB`,
    `curl -s ${apiUrl}/jobs/$JOB/events`,
    `curl -N ${awsUrl}/_events`,
    '# start a slower one and abort it half-way: at its next safe point, or now',
    `${slow}; sleep 1.5; ${abort('graceful')}`,
    `${slow}; sleep 1.5; ${abort('force')}`,
    '# or stop it as the AWS console does, and see what is left',
    `export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=${region} AWS_ENDPOINT_URL=${awsUrl}`,
    `aws stepfunctions stop-execution --execution-arn $(curl -s ${apiUrl}/jobs/$JOB | ${field('execution_arn')})`,
    `aws s3api list-multipart-uploads --bucket ${destination}`,
    `aws s3 ls --recursive --summarize s3://${destination}`,
  ]
}
