import { execFileSync } from 'node:child_process'
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
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bundled, bundle } from '#infra/bundle.ts'

const PRODUCT = join(import.meta.dirname, '../..')
const SOURCES = {
  'functions/api/hello.ts': "export const handler = async () => 'hello'\n",
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
  for (const part of ['core', 'aws', 'sdk'])
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
  expect(bundled.names).toEqual(['api/hello', 'steps/commit', 'steps/demo/noop', 'bench/extra'])
  for (const name of bundled.names) expect(existsSync(bundleOf(name))).toBe(true)
})

test('a step tells its metadata in a file beside its bundle; the commit is no step', () => {
  expect(JSON.parse(readFileSync(bundleOf('steps/demo/noop', 'step.json'), 'utf8'))).toEqual({
    name: 'noop',
    abortable: 'boundary',
    irreversible: 'gone',
  })
  expect(existsSync(bundleOf('steps/commit', 'step.json'))).toBe(false)
})

test("a step's bundle leaves out the SDK's login chain and event streams", () => {
  const inputs = Object.keys(
    bundled.metafile.outputs['dist/functions/steps/demo/noop/index.mjs']?.inputs ?? {},
  )
  expect(inputs.some((file) => file.includes('client-dynamodb'))).toBe(true)
  const login =
    /credential-provider-(node|ini|sso|process|web-identity|login)|token-providers|event-streams\//
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

test("a bundled SDK client signs with the function's own credentials, and says which are missing", () => {
  const told = (env: Record<string, string>): string => {
    const source = join(import.meta.dirname, '../../infra/bundle/lambda-credentials.ts')
    const script = `import { defaultProvider } from ${JSON.stringify(source)}
      console.log(JSON.stringify(await defaultProvider()().catch((error) => error.message)))`
    const args = ['--input-type=module', '-e', script]
    return JSON.parse(execFileSync(process.execPath, args, { env, encoding: 'utf8', cwd: dirname(source) }))
  }
  const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' }
  expect(told(keys)).toEqual({ accessKeyId: 'id', secretAccessKey: 'secret' })
  expect(told({ ...keys, AWS_SESSION_TOKEN: 'token' })).toMatchObject({ sessionToken: 'token' })
  expect(told({ AWS_ACCESS_KEY_ID: 'id' })).toContain('AWS_SECRET_ACCESS_KEY is not set')
})

test('a step bundle whose handler is no step is refused by name', async () => {
  writeFileSync(join(root, 'functions/steps/demo/broken.ts'), 'export const handler = async () => 1\n')
  await expect(bundle({ root })).rejects.toThrow('broken/index.mjs exports no step')
  rmSync(join(root, 'functions/steps/demo/broken.ts'))
})

test('a folder without functions is refused', async () => {
  await expect(bundle({ root: join(root, 'core') })).rejects.toThrow('no functions found in')
})
