import { cpSync, existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** The code that outlives the assembly it came with: of published versions, and of functions that are retained. */
export class CodeStore {
  readonly #folder: string

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'functions')
  }

  folderOf(functionName: string, version: string): string {
    return join(this.#folder, functionName, version)
  }

  has(functionName: string, version: string): boolean {
    return existsSync(this.folderOf(functionName, version))
  }

  /** Copied beside and moved into place, so that a kill leaves no half of it. */
  keep(functionName: string, version: string, codeDir: string): void {
    const folder = this.folderOf(functionName, version)
    rmSync(`${folder}.new`, { recursive: true, force: true })
    cpSync(codeDir, `${folder}.new`, { recursive: true })
    rmSync(folder, { recursive: true, force: true })
    renameSync(`${folder}.new`, folder)
  }

  /** Of a version, or of the function with all its versions. */
  remove(functionName: string, version = ''): void {
    rmSync(this.folderOf(functionName, version), { recursive: true, force: true })
  }
}
