import { LOCAL_REGION } from '../types.ts'

export type CommandsFor = { awsUrl: string; apiUrl: string; source: string; destination: string }

const json = (value: unknown): string => `-H 'content-type: application/json' -d '${JSON.stringify(value)}'`

/** Takes one field out of a JSON answer with what every machine has. */
const field = (name: string): string => `sed 's/.*"${name}":"\\([^"]*\\)".*/\\1/'`

/** Lines to paste into a shell, in the order in which one tries them. */
export function seedCommands({ awsUrl, apiUrl, source, destination }: CommandsFor): string[] {
  const input = { source: { bucket: source }, destination: { bucket: destination } }
  const start = json({ job_template_fq_name: 'object-migration', input })
  const abort = (mode: string) =>
    json({ input: { job_execution_id: '$JOB', abort_mode: mode } }).replace('$JOB', `'"$JOB"'`)
  return [
    '# start a migration, and watch it',
    `JOB=$(curl -s ${apiUrl}/execute-job ${start} | ${field('job_execution_id')}); echo $JOB`,
    `curl -s ${apiUrl}/jobs/$JOB`,
    `curl -s ${apiUrl}/jobs/$JOB/events`,
    `curl -N ${awsUrl}/_events`,
    '# abort it: at its next safe point, or now',
    `curl -s ${apiUrl}/abort-job ${abort('graceful')}`,
    `curl -s ${apiUrl}/abort-job ${abort('force')}`,
    '# or stop it as the AWS console does, and see what is left',
    `export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=${LOCAL_REGION} AWS_ENDPOINT_URL=${awsUrl}`,
    `aws stepfunctions stop-execution --execution-arn $(curl -s ${apiUrl}/jobs/$JOB | ${field('execution_arn')})`,
    `aws s3api list-multipart-uploads --bucket ${destination}`,
    `aws s3 ls --recursive --summarize s3://${destination}`,
  ]
}
