/** Where text goes; a terminal says so, and how wide it is. */
export type Output = { write(text: string): unknown; isTTY?: boolean; columns?: number }

/** What the command line needs of the process it runs in. */
export type Process = {
  argv: string[]
  env: NodeJS.ProcessEnv
  stdin: { isTTY?: boolean }
  /** Data. */
  stdout: Output
  /** Talk. */
  stderr: Output
}
