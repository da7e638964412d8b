/** Of Lambda's 4 KB, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, less what else a function is told. */
const ROOM = 3_300

const TOKEN = /\$\{Token\[([^\]]*)\]\}/g
/** As long as a partition, a region or an account may be; of any other reference, an ARN with a long name. */
const PSEUDO = 'us-gov-west-1'
const REFERENCE = 'arn'.padEnd(140, '.')

/** Why these variables do not fit a function's environment; null where they do. What only CloudFormation knows is estimated. */
export function environmentFault(variables: Record<string, object>): string | null {
  const texts = Object.entries(variables).map(([name, value]) => name + JSON.stringify(value))
  const bytes = Buffer.byteLength(
    texts.join('').replaceAll(TOKEN, (_, token: string) => (token.startsWith('AWS.') ? PSEUDO : REFERENCE)),
  )
  if (bytes <= ROOM) return null
  return `what each function is told of the job templates takes ${bytes} of ${ROOM} bytes: shorten names and descriptions of attached machines, or deploy some in a stack with a JobControl of another prefix`
}
