import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  globSync,
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
import { basename, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bundle, bundle } from '#infra/bundle/bundler.ts'
import type { Entry } from '#infra/bundle/entries.ts'
import { reachedFrom, sizesOf } from '#infra/bundle/outputs.ts'

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
  'functions/api/stop.ts': [
    "import { ExecutionsOnDemand } from '#aws/executions-on-demand.ts'",
    'export const handler = async () => {',
    "  if (!(await new ExecutionsOnDemand().stop({ execution_arn: 'arn' }))) throw new Error('not stopped')",
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
let bundled: Bundle[]

const bundleOf = (name: string, file = 'index.mjs') => join(root, 'dist/functions', name, file)
const plain = (file: string): Entry => ({ file, isStep: false })
const entries: Entry[] = [
  plain('functions/api/calls.ts'),
  plain('functions/api/hello.ts'),
  plain('functions/api/stop.ts'),
  plain('functions/steps/commit.ts'),
  { file: 'functions/steps/demo/noop.ts', isStep: true },
  plain('test/extra.ts'),
]

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
  bundled = await bundle({ root, entries })
})

afterAll(() => rmSync(root, { recursive: true }))

test('each entry becomes a bundle, and no other file does', () => {
  const names = bundled.map(({ name }) => name)
  expect(names).toEqual([
    'api/calls',
    'api/hello',
    'api/stop',
    'steps/commit',
    'steps/demo/noop',
    'test/extra',
  ])
  const made = globSync('**/index.mjs', { cwd: join(root, 'dist/functions') })
  expect(made.map((file) => dirname(file)).sort()).toEqual([...names].sort())
})

test('a step tells its metadata in a file beside its bundle; other functions tell none', () => {
  expect(JSON.parse(readFileSync(bundleOf('steps/demo/noop', 'step.json'), 'utf8'))).toEqual({
    name: 'noop',
    abortable: 'boundary',
    clean_up_after: 'lease',
    irreversible: 'gone',
    hooks: [],
  })
  expect(existsSync(bundleOf('steps/commit', 'step.json'))).toBe(false)
})

const step = (): Bundle => bundled.find(({ name }) => name === 'steps/demo/noop')!
const sources = (outputs: Bundle['outputs']): string[] =>
  Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs))
const sourcesAtStart = ({ start, outputs }: Bundle): string[] =>
  sources(reachedFrom(start, outputs, ['import-statement']))

test("a step's bundle leaves out the SDK's login chain", () => {
  expect(sourcesAtStart(step()).some((file) => file.includes('client-dynamodb'))).toBe(true)
  const login = /credential-provider-(node|ini|sso|process|web-identity|login)|token-providers/
  expect(sources(step().outputs).filter((file) => login.test(file))).toEqual([])
})

test('what most steps do not need is there, and is not read before it is needed', () => {
  for (const part of ['client-sfn', 'event-streams/EventStreamSerde', 'credential-provider-http']) {
    const isPart = (file: string): boolean => file.includes(part)
    expect(sources(step().outputs).some(isPart), part).toBe(true)
    expect(sourcesAtStart(step()).some(isPart), part).toBe(false)
  }
})

test('a plain step reads at most 265 KB before its handler can run, and no validator', () => {
  expect(sizesOf(step()).atStart / 1024).toBeLessThanOrEqual(265)
  expect(sources(step().outputs).filter((file) => /node_modules\/(zod|ajv)\//.test(file))).toEqual([])
})

test("a function's folder has the files that its start imports, and no others", async () => {
  writeFileSync(bundleOf('steps/demo/noop', 'stale.mjs'), '')
  await bundle({ root, entries })
  for (const { name, outputs } of bundled) {
    const files = globSync('*.mjs', { cwd: join(root, 'dist/functions', name) })
    expect(files.sort(), name).toEqual(
      Object.keys(outputs)
        .map((path) => basename(path))
        .sort(),
    )
  }
})

test('the packages that stand-ins replace a part of are pinned to the version it was tested with', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(PRODUCT, 'package.json'), 'utf8'))
  const sdk = Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) =>
    name.startsWith('@aws-sdk/'),
  )
  expect(sdk.length).toBeGreaterThan(0)
  for (const [name, version] of sdk) expect(version, name).toMatch(/^\d+\.\d+\.\d+$/)
})

test('bundling again writes nothing, so that the asset keeps its hash', async () => {
  const before = statSync(bundleOf('steps/demo/noop')).ino
  await bundle({ root, entries })
  expect(statSync(bundleOf('steps/demo/noop')).ino).toBe(before)
})

test('the same sources elsewhere give the same bytes', async () => {
  const before = readFileSync(bundleOf('steps/demo/noop'))
  rmSync(join(root, 'dist'), { recursive: true })
  await bundle({ root, entries })
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

const ANSWERS: Record<string, string> = {
  '/': '{"TableNames":[]}',
  '/container': JSON.stringify({
    AccessKeyId: 'container',
    SecretAccessKey: 'secret',
    Token: 'container token',
    Expiration: '2099-01-01T00:00:00Z',
  }),
}

/** Answers the two services and the container that has credentials; `requests` are what it was asked. */
async function listen() {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    response.end(ANSWERS[request.url ?? ''])
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const env = { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: url }
  return { url, env, requests, [Symbol.asyncDispose]: async () => void server.close() }
}

const signedBy = ({ url, headers }: IncomingMessage): unknown[] => [
  url,
  headers.authorization?.match(/Credential=(\w+)/)?.[1],
  headers['x-amz-security-token'],
]

test("bundled clients sign with the function's own credentials, and say that they are missing", async () => {
  await using services = await listen()
  expect(await call('api/calls', { ...services.env, ...KEYS })).toBe('')
  expect(services.requests.map(signedBy)).toEqual([
    ['/', 'id', 'token'],
    ['/photos/', 'id', 'token'],
  ])
  expect(await call('api/calls', { ...services.env, ...KEYS, AWS_SECRET_ACCESS_KEY: '' })).toContain(
    '[CredentialsProviderError]: Unable to find environment variable credentials',
  )
})

test('what is loaded when it is needed runs like the rest', async () => {
  await using services = await listen()
  expect(await call('api/stop', { ...services.env, ...KEYS })).toBe('')
  expect(services.requests.map(({ headers }) => headers['x-amz-target'])).toEqual([
    'AWSStepFunctions.StopExecution',
  ])
})

test('a function restored from a snapshot has no keys, and signs with those of its container', async () => {
  await using services = await listen()
  const container = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${services.url}/container` }
  const token = { AWS_CONTAINER_AUTHORIZATION_TOKEN: 'let me in' }
  expect(await call('api/calls', { ...services.env, ...container, ...token })).toBe('')
  const [asked, ...requests] = services.requests.filter(({ url }, i) => i === 0 || url !== '/container')
  expect([asked?.url, asked?.headers.authorization]).toEqual(['/container', 'let me in'])
  expect(requests.map(signedBy)).toEqual([
    ['/', 'container', 'container token'],
    ['/photos/', 'container', 'container token'],
  ])
})

test('a step bundle whose handler is no step is refused by name', async () => {
  writeFileSync(join(root, 'functions/steps/demo/broken.ts'), 'export const handler = async () => 1\n')
  const broken = { file: 'functions/steps/demo/broken.ts', isStep: true }
  await expect(bundle({ root, entries: [broken] })).rejects.toThrow('broken/index.mjs exports no step')
})

test('an entry that does not exist is refused by name', async () => {
  const gone = plain('functions/api/gone.ts')
  await expect(bundle({ root, entries: [gone] })).rejects.toThrow(
    'the entry functions/api/gone.ts does not exist',
  )
})

test('an app that names no entry is refused', async () => {
  await expect(bundle({ root, entries: [] })).rejects.toThrow('there is nothing to bundle')
})
