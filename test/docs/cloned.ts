import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const CODE = /^(contract|core|engine|aws|sdk|functions|infra|client|cli|package|docs|console|[^/]+$)/

/** The project as a reader has it: what is tracked, and what npm installed. */
export function cloned(): string {
  const folder = mkdtempSync(join(tmpdir(), 'standdown-tutorial-'))
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
  })
  const tracked = files.toString().split('\0')
  for (const file of tracked.filter((name) => CODE.test(name) && name !== '')) {
    cpSync(join(ROOT, file), join(folder, file), { preserveTimestamps: true, force: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  // What npm installs is there already, and the page is not looked at.
  const { scripts, ...rest } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const { prestart: _installs, ...others } = scripts
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...rest, scripts: others }))
  return folder
}

/** The code blocks of a page in one language, in their order. */
export const blocksOf = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map((match) => match[1]!)
