import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './poll.ts'

/** Managed nodes; where Run Command runs on this machine they all are this machine. */
export const LEAFS = ['i-leaf0001', 'i-leaf0002', 'i-leaf0003']

type Script = { name: string; commands: string[]; targets?: string[] } & Record<string, unknown>

export const scripted = ({ name, commands, targets = LEAFS.slice(0, 1), ...more }: Script) => ({
  name,
  document: 'AWS-RunShellScript',
  parameters: { commands },
  targets,
  ...more,
})

/** A folder in which playbooks leave marks, and wait for one. */
export class Marks implements AsyncDisposable {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async open(): Promise<Marks> {
    return new Marks(await mkdtemp(join(tmpdir(), 'standdown-fabric-')))
  }

  /** Leaves `<name>.<node>`. */
  mark = (name: string): string => `echo $$ > ${this.folder}/${name}.$AWS_SSM_INSTANCE_ID`

  /** Marks its begin, waits to be released, marks its end. */
  held = (name: string): string[] => [
    this.mark(`${name}-begun`),
    `while [ ! -f ${this.folder}/${name}-released ]; do sleep 0.1; done`,
    this.mark(`${name}-ended`),
  ]

  release = (name: string): Promise<void> => writeFile(join(this.folder, `${name}-released`), '')

  has = (name: string, node = LEAFS[0]): boolean => existsSync(join(this.folder, `${name}.${node}`))

  /** The process that left the mark, once it is there. */
  pidOf(name: string, node = LEAFS[0]): Promise<number> {
    const file = join(this.folder, `${name}.${node}`)
    return until(`the mark ${name}`, async () => existsSync(file) && Number(readFileSync(file, 'utf8')))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}

export const isRunning = (pid: number): boolean => existsSync(`/proc/${pid}`)
