import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A page of docs/, as it is read. */
export const pageOf = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8')

/** The code blocks of a page in one language, in their order. */
export const blocksOf = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map((match) => match[1]!)

/** The code blocks that begin with the name of their file. */
export const filesOf = (text: string): { name: string; code: string }[] =>
  blocksOf(text, 'ts').flatMap((code) => {
    const [, name] = /^\/\/ (\S+)\n/.exec(code) ?? []
    return name === undefined ? [] : [{ name, code }]
  })
