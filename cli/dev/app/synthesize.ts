import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export type Synthesis = { root: string; command: string; out: string; signal: AbortSignal }

/** What everything has on one machine. */
const ACCOUNT = { CDK_DEFAULT_ACCOUNT: '000000000000', CDK_DEFAULT_REGION: 'us-east-1' }

/** Runs a CDK app as the CDK's command line does, with the context that says that it is to run on one machine. */
export async function synthesize({ root, command, out, signal }: Synthesis): Promise<void> {
  const env = {
    ...process.env,
    ...ACCOUNT,
    PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
    CDK_OUTDIR: out,
    CDK_CONTEXT_JSON: JSON.stringify({ ...contextOf(root), 'standdown:local': true }),
    // The strict checks belong to cdk synth, not to every start.
    CDK_VALIDATION: 'false',
  }
  const child = spawn(command, { cwd: root, env, signal, shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const told: Buffer[] = []
  for (const output of [child.stdout, child.stderr]) output.on('data', (chunk: Buffer) => told.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code === 0 && existsSync(join(out, 'manifest.json'))) return
  const why =
    code === 0 ? `it wrote no assembly to ${out}: does it call app.synth()?` : `it ended with ${code}`
  throw new Error(
    `'${command}' could not be synthesized, ${why}\n${Buffer.concat(told).toString().trimEnd()}`,
  )
}

function contextOf(root: string): object {
  const file = join(root, 'cdk.json')
  if (!existsSync(file)) return {}
  return (JSON.parse(readFileSync(file, 'utf8')) as { context?: object }).context ?? {}
}
