import { randomBytes, randomUUID } from 'node:crypto'
import { AwsError, type AwsJsonService, LOCAL_ACCOUNT, LOCAL_REGION } from '#local/types.ts'
import { readSecrets, type Secret, type SecretVersion, writeSecrets } from './file.ts'

type Input = Record<string, unknown>
type Secrets = Map<string, Secret>
type Operation = { run(secrets: Secrets, input: Input): object; writes: boolean }

const OPERATIONS: Record<string, Operation> = {
  CreateSecret: { run: create, writes: true },
  PutSecretValue: { run: putValue, writes: true },
  GetSecretValue: { run: getValue, writes: false },
  DescribeSecret: { run: (secrets, input) => described(find(secrets, input)), writes: false },
  ListSecrets: { run: list, writes: false },
  DeleteSecret: { run: remove, writes: true },
}

/** Secrets Manager over one file that only its owner may read. */
export function createSecrets(options: { file: string }): AwsJsonService {
  const secrets = readSecrets(options.file)
  return async (operation, input) => {
    const known = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined
    if (known === undefined) {
      const names = Object.keys(OPERATIONS).join(', ')
      throw new AwsError('UnknownOperationException', `${operation} is not run locally; there is ${names}`)
    }
    const answer = known.run(secrets, input)
    if (known.writes) writeSecrets(options.file, secrets)
    return answer
  }
}

function create(secrets: Secrets, input: Input): object {
  const name = text(input, 'Name')
  if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name)) {
    throw new AwsError('ValidationException', `invalid name '${name}': use letters, digits and /_+=.@-`)
  }
  if (secrets.has(name)) {
    throw new AwsError('ResourceExistsException', `the secret ${name} already exists`)
  }
  const suffix = randomBytes(6).toString('base64url').replace(/[-_]/g, 'x').slice(0, 6)
  const arn = `arn:aws:secretsmanager:${LOCAL_REGION}:${LOCAL_ACCOUNT}:secret:${name}-${suffix}`
  const secret: Secret = {
    arn,
    name,
    description: optional(input, 'Description'),
    created: now(),
    versions: [],
  }
  const hasValue = input.SecretString !== undefined || input.SecretBinary !== undefined
  const version = hasValue ? addVersion(secret, input) : undefined
  secrets.set(name, secret)
  return { ARN: arn, Name: name, VersionId: version?.id }
}

function putValue(secrets: Secrets, input: Input): object {
  const secret = live(find(secrets, input))
  const version = addVersion(secret, input)
  return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: version.stages }
}

function addVersion(secret: Secret, input: Input): SecretVersion {
  const string = optional(input, 'SecretString')
  const binary = optional(input, 'SecretBinary')
  if ((string === undefined) === (binary === undefined)) {
    throw new AwsError('InvalidParameterException', 'give exactly one of SecretString and SecretBinary')
  }
  const id = optional(input, 'ClientRequestToken') ?? randomUUID()
  const same = secret.versions.find((version) => version.id === id)
  if (same && same.string === string && same.binary === binary) return same
  if (same) throw new AwsError('ResourceExistsException', `version ${id} exists with another value`)
  const version: SecretVersion = { id, string, binary, created: now(), stages: ['AWSCURRENT'] }
  const previous = secret.versions.find(({ stages }) => stages.includes('AWSCURRENT'))
  secret.versions = previous ? [version, { ...previous, stages: ['AWSPREVIOUS'] }] : [version]
  return version
}

function getValue(secrets: Secrets, input: Input): object {
  const secret = live(find(secrets, input))
  const id = optional(input, 'VersionId')
  const stage = optional(input, 'VersionStage') ?? (id === undefined ? 'AWSCURRENT' : undefined)
  const version = secret.versions
    .filter((candidate) => id === undefined || candidate.id === id)
    .find(({ stages }) => stage === undefined || stages.includes(stage))
  if (version === undefined) {
    throw new AwsError('ResourceNotFoundException', `the secret has no version ${id ?? stage}`)
  }
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    SecretString: version.string,
    SecretBinary: version.binary,
    VersionStages: version.stages,
    CreatedDate: version.created,
  }
}

function list(secrets: Secrets): object {
  return { SecretList: [...secrets.values()].filter(({ deleted }) => !deleted).map(described) }
}

function remove(secrets: Secrets, input: Input): object {
  const secret = find(secrets, input)
  secret.deleted = now()
  if (input.ForceDeleteWithoutRecovery === true) secrets.delete(secret.name)
  return { ARN: secret.arn, Name: secret.name, DeletionDate: secret.deleted }
}

function described(secret: Secret): object {
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    CreatedDate: secret.created,
    DeletedDate: secret.deleted,
    VersionIdsToStages: Object.fromEntries(secret.versions.map(({ id, stages }) => [id, stages])),
  }
}

function find(secrets: Secrets, input: Input): Secret {
  const id = text(input, 'SecretId')
  const secret = secrets.get(id) ?? [...secrets.values()].find(({ arn }) => arn === id)
  if (secret) return secret
  throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
}

function live(secret: Secret): Secret {
  if (secret.deleted === undefined) return secret
  throw new AwsError('InvalidRequestException', `the secret ${secret.name} is marked for deletion`)
}

function text(input: Input, name: string): string {
  const value = optional(input, name)
  if (value) return value
  throw new AwsError('ValidationException', `${name} is missing`)
}

function optional(input: Input, name: string): string | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw new AwsError('ValidationException', `${name} must be a string, not ${typeof value}`)
}

function now(): number {
  return Math.floor(Date.now() / 1000)
}
