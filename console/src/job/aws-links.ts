/** Of one machine's own runtime: there is no console to link to. */
const LOCAL_ACCOUNT = '000000000000'

const CONSOLES: Record<string, string> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
}

type Place = { region: string; host: string }

function placeOf(arn: string): Place | null {
  const [, partition = '', , region = '', account = ''] = arn.split(':')
  const host = CONSOLES[partition]
  return host && region && account !== LOCAL_ACCOUNT ? { region, host: `${region}.${host}` } : null
}

/** The execution in the console of Step Functions; null where there is none. */
export function executionUrl(arn: string): string | null {
  const place = placeOf(arn)
  return place && `https://${place.host}/states/home?region=${place.region}#/v2/executions/details/${arn}`
}

/** The log groups of a step's function in the console of CloudWatch; null where there is none. */
export function logsUrl(executionArn: string, step: string): string | null {
  const place = placeOf(executionArn)
  if (!place) return null
  const filter = `$3FlogGroupNameFilter$3D${encodeURIComponent(encodeURIComponent(step)).replaceAll('%', '$')}`
  return `https://${place.host}/cloudwatch/home?region=${place.region}#logsV2:log-groups${filter}`
}
