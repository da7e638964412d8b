import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bundled, bundle } from '#infra/bundle/bundler.ts'

const PRODUCT = join(import.meta.dirname, '../../..')
const SOURCES = {
  'functions/api/hello.ts': "export const handler = async () => 'hello'\n",
  'functions/api/calls.ts': [
    "import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'",
    "import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3'",
    'export const handler = async () => {',
    '  await new DynamoDBClient({}).send(new ListTablesCommand({}))',
    "  await new S3Client({ forcePathStyle: true }).send(new HeadBucketCommand({ Bucket: 'photos' }))",
    '}',
  ].join('\n'),
  'functions/api/deeper/helper.ts': 'export const helper = 1\n',
  'functions/steps/commit.ts': 'export const handler = async () => null\n',
  'functions/steps/demo/noop.ts': [
    "import { defineStep } from '#sdk/index.ts'",
    "export const handler = defineStep({ name: 'noop', abortable: 'boundary', irreversible: 'gone', async run() { return 1 } })",
  ].join('\n'),
  'test/extra.ts': "export const handler = async () => 'extra'\n",
}

let root: string
let bundled: Bundled

const bundleOf = (name: string, file = 'index.mjs') => join(root, 'dist/functions', name, file)
const extra = { 'bench/extra': 'test/extra.ts' }

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'standdown-sources-'))
  for (const part of ['core', 'engine', 'aws', 'sdk'])
    cpSync(join(PRODUCT, part), join(root, part), { recursive: true })
  cpSync(join(PRODUCT, 'package.json'), join(root, 'package.json'))
  symlinkSync(join(PRODUCT, 'node_modules'), join(root, 'node_modules'))
  for (const [file, text] of Object.entries(SOURCES)) {
    cpSync(join(PRODUCT, 'package.json'), join(root, file))
    writeFileSync(join(root, file), text)
  }
  bundled = await bundle({ root, extra })
})

afterAll(() => rmSync(root, { recursive: true }))

test('each entry becomes a bundle, helpers in deeper folders do not', () => {
  expect(bundled.names).toEqual(['api/calls', 'api/hello', 'steps/commit', 'steps/demo/noop', 'bench/extra'])
  for (const name of bundled.names) expect(existsSync(bundleOf(name))).toBe(true)
})

test('a step tells its metadata in a file beside its bundle; the commit is no step', () => {
  expect(JSON.parse(readFileSync(bundleOf('steps/demo/noop', 'step.json'), 'utf8'))).toEqual({
    name: 'noop',
    abortable: 'boundary',
    irreversible: 'gone',
    hooks: [],
  })
  expect(existsSync(bundleOf('steps/commit', 'step.json'))).toBe(false)
})

test("a step's bundle leaves out the SDK's login chain and event streams", () => {
  const inputs = Object.keys(
    bundled.metafile.outputs['dist/functions/steps/demo/noop/index.mjs']?.inputs ?? {},
  )
  expect(inputs.some((file) => file.includes('client-dynamodb'))).toBe(true)
  const login =
    /credential-provider-(node|ini|sso|process|web-identity|login)|token-providers|endpoint-cache|submodules\/event-streams/
  expect(inputs.filter((file) => login.test(file))).toEqual([])
})

test('bundling again writes nothing, so that the asset keeps its hash', async () => {
  const before = statSync(bundleOf('steps/demo/noop')).ino
  await bundle({ root, extra })
  expect(statSync(bundleOf('steps/demo/noop')).ino).toBe(before)
})

test('the same sources elsewhere give the same bytes', async () => {
  const before = readFileSync(bundleOf('steps/demo/noop'))
  rmSync(join(root, 'dist'), { recursive: true })
  await bundle({ root, extra })
  expect(readFileSync(bundleOf('steps/demo/noop')).equals(before)).toBe(true)
})

const KEYS = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' }

/** Calls the bundled handler in a process of its own, with nothing but `env`; answers what it wrote to stderr. */
async function call(name: string, env: Record<string, string>): Promise<string> {
  const script = `const { handler } = await import(${JSON.stringify(bundleOf(name))}); await handler()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env })
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')])
  return stderr
}

test("bundled clients sign with the function's own credentials, and say which are missing", async () => {
  const requests: IncomingMessage[] = []
  await using server = createServer((request, response) => {
    requests.push(request)
    response.end('{"TableNames":[]}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const env = { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` }
  expect(await call('api/calls', { ...env, ...KEYS })).toBe('')
  expect(requests.map(({ url, headers }) => [url, headers['x-amz-security-token']])).toEqual([
    ['/', 'token'],
    ['/photos/', 'token'],
  ])
  for (const { headers } of requests) expect(headers.authorization).toContain('Credential=id/')
  expect(await call('api/calls', { ...env, ...KEYS, AWS_SECRET_ACCESS_KEY: '' })).toContain(
    'the environment variable AWS_SECRET_ACCESS_KEY is not set',
  )
})

test('a step bundle whose handler is no step is refused by name', async () => {
  writeFileSync(join(root, 'functions/steps/demo/broken.ts'), 'export const handler = async () => 1\n')
  await expect(bundle({ root })).rejects.toThrow('broken/index.mjs exports no step')
  rmSync(join(root, 'functions/steps/demo/broken.ts'))
})

test('a folder without functions is refused', async () => {
  await expect(bundle({ root: join(root, 'core') })).rejects.toThrow('no functions found in')
})
