import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CliError, EXIT } from '../exit.ts'
import type { Signing } from './signed-fetch.ts'

/** The usual profile and region: the environment, the shared files, single sign-on, a role of the machine. */
export async function usualSigning(apiUrl?: string): Promise<Signing> {
  const client = new CloudFormationClient({})
  const [, named] = /\.execute-api\.([a-z0-9-]+)\.amazonaws\./.exec(apiUrl ?? '') ?? []
  const region = named ?? (await client.config.region().catch(noRegion))
  return { region, credentials: client.config.credentials }
}

function noRegion(error: Error): never {
  throw new CliError(`no AWS region is set: ${error.message}`, {
    code: EXIT.usage,
    hint: 'set AWS_REGION, or a region in your profile (aws configure)',
  })
}

/** What a stack tells of itself. @throws CliError */
export async function stackOutputs(stack: string): Promise<Record<string, string>> {
  const client = new CloudFormationClient({})
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stack }))
    const outputs = Stacks?.[0]?.Outputs ?? []
    return Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]))
  } catch (error) {
    throw stackError(stack, error as Error)
  } finally {
    client.destroy()
  }
}

function stackError(stack: string, { name, message }: Error): CliError {
  if (name === 'ValidationError') {
    const hint = 'deploy it with standdown deploy, or name another one with --stack'
    return new CliError(`there is no stack ${stack} in this account and region`, {
      code: EXIT.notFound,
      hint,
    })
  }
  if (/Credential|Token|Signature|AccessDenied/i.test(name)) {
    const hint = 'log in (aws sso login), or name a profile with AWS_PROFILE'
    return new CliError(`AWS does not let you read the stack ${stack}: ${message}`, {
      code: EXIT.denied,
      hint,
    })
  }
  return new CliError(`the stack ${stack} cannot be read: ${message}`)
}
