import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
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

test('secrets survive a restart in a file that only its owner can read', async () => {
  const file = secretsFile()
  await createSecrets({ file })('CreateSecret', key)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const again = createSecrets({ file })
  expect(await again('GetSecretValue', { SecretId: key.Name })).toMatchObject({
    SecretString: key.SecretString,
  })
})

test('an operation that does not run here is refused by name', async () => {
  const rotate = createSecrets({ file: secretsFile() })('RotateSecret', {})
  await expect(rotate).rejects.toMatchObject({ code: 'UnknownOperationException' })
})

test('a damaged file is told by its path, without what is in it', async () => {
  const file = secretsFile()
  await createSecrets({ file })('CreateSecret', key)
  writeFileSync(file, '[{"hunter2"')
  const open = () => createSecrets({ file })
  expect(open).toThrow(file)
  expect(open).not.toThrow('hunter2')
})
