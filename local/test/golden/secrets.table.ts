import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { createSecrets } from '#local/secrets/secrets.ts'
import type { GoldenRow } from './golden.ts'

const API = 'https://docs.aws.amazon.com/secretsmanager/latest/apireference'
const KEY = { Name: 'stores/minio', SecretString: '{"key":"x"}' }
const SecretId = KEY.Name

export type SecretsFile = { file: string }

/** Secrets Manager with one secret. */
async function open({ file }: SecretsFile) {
  const secrets = createSecrets({ file })
  const { ARN } = (await secrets('CreateSecret', KEY)) as { ARN: string }
  return { secrets, ARN }
}

type Refusal = [operation: string, input: Record<string, unknown>, code: string]

const refusals: Refusal[] = [
  ['CreateSecret', KEY, 'ResourceExistsException'],
  ['CreateSecret', { Name: 'a b', SecretString: 'x' }, 'ValidationException'],
  ['GetSecretValue', { SecretId: 'none' }, 'ResourceNotFoundException'],
  ['GetSecretValue', {}, 'ValidationException'],
  ['GetSecretValue', { SecretId, VersionStage: 'AWSPENDING' }, 'ResourceNotFoundException'],
  ['PutSecretValue', { SecretId }, 'InvalidParameterException'],
  ['PutSecretValue', { SecretId, SecretString: 1 }, 'ValidationException'],
]

const refused = ([operation, input, code]: Refusal): GoldenRow<SecretsFile> => ({
  behaviour: `${operation} with ${JSON.stringify(input)} is ${code}, and changes nothing`,
  source: `${API}/API_${operation}.html`,
  async check(at) {
    const { secrets } = await open(at)
    const before = readFileSync(at.file, 'utf8')
    await expect(secrets(operation, input)).rejects.toMatchObject({ code })
    expect(readFileSync(at.file, 'utf8')).toBe(before)
  },
})

/** How secrets and their versions are written and read. */
export const SECRETS: GoldenRow<SecretsFile>[] = [
  {
    behaviour: 'a secret is read by its name and by its ARN, which ends in six characters of its own',
    source: `${API}/API_GetSecretValue.html`,
    async check(at) {
      const { secrets, ARN } = await open(at)
      expect(ARN).toMatch(
        /^arn:aws:secretsmanager:us-east-1:000000000000:secret:stores\/minio-[A-Za-z0-9]{6}$/,
      )
      const found = { ARN, Name: KEY.Name, SecretString: KEY.SecretString, VersionStages: ['AWSCURRENT'] }
      for (const id of [KEY.Name, ARN]) {
        expect(await secrets('GetSecretValue', { SecretId: id })).toMatchObject(found)
      }
    },
  },
  {
    behaviour: 'a new value becomes AWSCURRENT and the old one AWSPREVIOUS',
    source: `${API}/API_PutSecretValue.html`,
    async check(at) {
      const { secrets } = await open(at)
      await secrets('PutSecretValue', { SecretId, SecretString: 'second' })
      const read = (VersionStage?: string) => secrets('GetSecretValue', { SecretId, VersionStage })
      expect(await read()).toMatchObject({ SecretString: 'second' })
      expect(await read('AWSPREVIOUS')).toMatchObject({ SecretString: KEY.SecretString })
    },
  },
  {
    behaviour: 'the same value under the same token makes one version; another value under it is refused',
    source: `${API}/API_PutSecretValue.html`,
    async check(at) {
      const { secrets } = await open(at)
      const put = { SecretId, SecretString: 'b', ClientRequestToken: 'token-1' }
      await secrets('PutSecretValue', put)
      await secrets('PutSecretValue', put)
      const { VersionIdsToStages } = (await secrets('DescribeSecret', { SecretId })) as {
        VersionIdsToStages: object
      }
      expect(VersionIdsToStages).toMatchObject({ 'token-1': ['AWSCURRENT'] })
      expect(Object.keys(VersionIdsToStages)).toHaveLength(2)
      const other = secrets('PutSecretValue', { ...put, SecretString: 'c' })
      await expect(other).rejects.toMatchObject({ code: 'ResourceExistsException' })
    },
  },
  {
    behaviour: 'ListSecrets names the secrets and shows no value',
    source: `${API}/API_ListSecrets.html`,
    async check(at) {
      const { secrets } = await open(at)
      const list = await secrets('ListSecrets', {})
      expect(list).toMatchObject({ SecretList: [{ Name: KEY.Name }] })
      expect(JSON.stringify(list)).not.toContain('SecretString')
    },
  },
  {
    behaviour: 'a deleted secret is not read any more, and a deletion without recovery frees its name',
    source: `${API}/API_DeleteSecret.html`,
    async check(at) {
      const { secrets } = await open(at)
      const read = () => secrets('GetSecretValue', { SecretId })
      await secrets('DeleteSecret', { SecretId })
      await expect(read()).rejects.toMatchObject({ code: 'InvalidRequestException' })
      expect(await secrets('ListSecrets', {})).toEqual({ SecretList: [] })
      await secrets('DeleteSecret', { SecretId, ForceDeleteWithoutRecovery: true })
      await expect(read()).rejects.toMatchObject({ code: 'ResourceNotFoundException' })
      expect(await secrets('CreateSecret', KEY)).toMatchObject({ Name: KEY.Name })
    },
  },
  ...refusals.map(refused),
]
