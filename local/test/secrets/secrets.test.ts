import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createSecrets } from '#local/secrets/secrets.ts'

function secretsFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'local-secrets-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 'data', 'secrets.json')
}

const key = { Name: 'stores/minio', SecretString: '{"key":"x"}' }

test('a secret is read by its name and by its ARN', async () => {
  const secrets = createSecrets({ file: secretsFile() })
  const { ARN } = (await secrets('CreateSecret', key)) as { ARN: string }
  expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:stores\/minio-[A-Za-z0-9]{6}$/)
  for (const SecretId of [key.Name, ARN]) {
    expect(await secrets('GetSecretValue', { SecretId })).toMatchObject({
      ARN,
      Name: key.Name,
      SecretString: key.SecretString,
      VersionStages: ['AWSCURRENT'],
    })
  }
})

test('secrets survive a restart in a file that only its owner can read', async () => {
  const file = secretsFile()
  await createSecrets({ file })('CreateSecret', key)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const again = createSecrets({ file })
  expect(await again('GetSecretValue', { SecretId: key.Name })).toMatchObject({
    SecretString: key.SecretString,
  })
})

test('a new value becomes current and the old one previous', async () => {
  const secrets = createSecrets({ file: secretsFile() })
  await secrets('CreateSecret', key)
  await secrets('PutSecretValue', { SecretId: key.Name, SecretString: 'second' })
  const read = (VersionStage?: string) => secrets('GetSecretValue', { SecretId: key.Name, VersionStage })
  expect(await read()).toMatchObject({ SecretString: 'second' })
  expect(await read('AWSPREVIOUS')).toMatchObject({ SecretString: key.SecretString })
})

test('the same value under the same token makes one version', async () => {
  const secrets = createSecrets({ file: secretsFile() })
  await secrets('CreateSecret', key)
  const put = { SecretId: key.Name, SecretString: 'b', ClientRequestToken: 'token-1' }
  await secrets('PutSecretValue', put)
  await secrets('PutSecretValue', put)
  const { VersionIdsToStages } = (await secrets('DescribeSecret', { SecretId: key.Name })) as {
    VersionIdsToStages: object
  }
  expect(VersionIdsToStages).toMatchObject({ 'token-1': ['AWSCURRENT'] })
  expect(Object.keys(VersionIdsToStages)).toHaveLength(2)
  const other = secrets('PutSecretValue', { ...put, SecretString: 'c' })
  await expect(other).rejects.toMatchObject({ code: 'ResourceExistsException' })
})

test('a list names the secrets and shows no value', async () => {
  const secrets = createSecrets({ file: secretsFile() })
  await secrets('CreateSecret', key)
  const list = await secrets('ListSecrets', {})
  expect(list).toMatchObject({ SecretList: [{ Name: key.Name }] })
  expect(JSON.stringify(list)).not.toContain('SecretString')
})

test('a deleted secret is not read any more, and a forced deletion frees its name', async () => {
  const secrets = createSecrets({ file: secretsFile() })
  await secrets('CreateSecret', key)
  const SecretId = key.Name
  await secrets('DeleteSecret', { SecretId })
  await expect(secrets('GetSecretValue', { SecretId })).rejects.toMatchObject({
    code: 'InvalidRequestException',
  })
  expect(await secrets('ListSecrets', {})).toEqual({ SecretList: [] })
  await secrets('DeleteSecret', { SecretId, ForceDeleteWithoutRecovery: true })
  await expect(secrets('GetSecretValue', { SecretId })).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
  })
  expect(await secrets('CreateSecret', key)).toMatchObject({ Name: key.Name })
})

test.each([
  ['CreateSecret', key, 'ResourceExistsException'],
  ['CreateSecret', { Name: 'a b', SecretString: 'x' }, 'ValidationException'],
  ['GetSecretValue', { SecretId: 'none' }, 'ResourceNotFoundException'],
  ['GetSecretValue', {}, 'ValidationException'],
  ['GetSecretValue', { SecretId: key.Name, VersionStage: 'AWSPENDING' }, 'ResourceNotFoundException'],
  ['PutSecretValue', { SecretId: key.Name }, 'InvalidParameterException'],
  ['PutSecretValue', { SecretId: key.Name, SecretString: 1 }, 'ValidationException'],
  ['RotateSecret', {}, 'UnknownOperationException'],
])('%s with %j is refused with the error of AWS, and changes nothing', async (operation, input, code) => {
  const file = secretsFile()
  const secrets = createSecrets({ file })
  await secrets('CreateSecret', key)
  const before = readFileSync(file, 'utf8')
  await expect(secrets(operation, input)).rejects.toMatchObject({ code })
  expect(readFileSync(file, 'utf8')).toBe(before)
})

test('a damaged file is told by its path, without what is in it', async () => {
  const file = secretsFile()
  await createSecrets({ file })('CreateSecret', key)
  writeFileSync(file, '[{"hunter2"')
  const open = () => createSecrets({ file })
  expect(open).toThrow(file)
  expect(open).not.toThrow('hunter2')
})
