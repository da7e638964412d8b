import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const FILES = ['README.md', 'docs/writing-a-step.md', 'sdk/define-step.ts']

/** What the examples leave to their reader: the work itself, and nothing of ours. */
const READERS = `
import { defineStep, type RunTools } from '#sdk/index.ts'
declare function copy(key: string | undefined, options?: { signal: AbortSignal }): Promise<void>
declare function send(mail: string | undefined): Promise<void>
declare function removeHalfCopied(checkpoint: unknown): Promise<void>
declare function removeCopies(keys: number): Promise<void>
`

/** The code of a file's examples that define a step: fenced in Markdown, after `@example` in a doc comment. */
async function examplesIn(file: string): Promise<string[]> {
  const text = await readFile(join(ROOT, file), 'utf8')
  const comments = [...text.matchAll(/@example\n([\s\S]*?)\*\//g)].map(([, code = '']) =>
    code.replace(/^ \* ?/gm, ''),
  )
  const fenced = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code)
  return [...comments, ...fenced].filter((code) => code.includes('defineStep('))
}

const withoutImports = (code: string): string =>
  code.replace(/^import .* from '(#sdk\/.*|standdown)'\n/gm, '')

test.each(FILES)(
  'every example of a step in %s compiles',
  async (file) => {
    const examples = await examplesIn(file)
    expect(examples.length).toBeGreaterThan(0)
    const folder = await mkdtemp(join(ROOT, 'test/sdk/.examples-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    for (const [i, code] of examples.entries()) {
      await writeFile(join(folder, `example-${i}.ts`), `${READERS}${withoutImports(code)}`)
    }
    const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false }
    const config = { extends: '../../../tsconfig.json', compilerOptions, include: ['*.ts'] }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const { code, stdout } = await promisify(execFile)(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder])
      .then(({ stdout }) => ({ code: 0, stdout }))
      .catch(({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }))
    expect(stdout).toBe('')
    expect(code).toBe(0)
  },
  60_000,
)
