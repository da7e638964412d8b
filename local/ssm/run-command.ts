import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { LOCAL_REGION } from '#local/types.ts'
import { type DocumentContent, type DocumentStep, filled, filledLines, type Parameters } from './documents.ts'
import { downloadContent, downloadsOf } from './download-content.ts'
import { type CommandRecord, type InvocationRecord, isError, limitOf, type PluginRecord } from './record.ts'
import { runScript, type ScriptEnd } from './run-script.ts'

export type Running = {
  command: CommandRecord
  content: DocumentContent
  values: Parameters
  /** Where the scripts are, and run. */
  directory: string
  awsUrl: string
  /** By node: aborts when its invocation is cancelled. */
  cancels: Map<string, AbortController>
  /** Called at each change. */
  save(): void
}

/** Runs a command on each of its nodes, which all are this machine: so many at once as MaxConcurrency says. */
export async function runCommand(running: Running): Promise<void> {
  const { command } = running
  const { invocations, maxConcurrency, maxErrors } = command
  const atOnce = pLimit(Math.max(1, limitOf(maxConcurrency, invocations.length)))
  const most = limitOf(maxErrors, invocations.length)
  await atOnce.map(invocations, async (invocation) => {
    if (invocations.filter(isError).length > most) end(invocation, 'Failed', 'Terminated')
    else if (isCancelled(running, invocation)) end(invocation, 'Cancelled')
    else await runOn(running, invocation)
    running.save()
  })
  await rm(running.directory, { recursive: true, force: true })
}

const end = (invocation: InvocationRecord, status: string, details = status): void =>
  void Object.assign(invocation, { status, details })

const isCancelled = ({ cancels }: Running, { node }: InvocationRecord): boolean =>
  cancels.get(node)?.signal.aborted ?? false

/** One step of the document after another, up to the first that does not succeed. */
async function runOn(running: Running, invocation: InvocationRecord): Promise<void> {
  end(invocation, 'InProgress')
  running.save()
  for (const step of running.content.mainSteps) {
    const plugin = started(step)
    invocation.plugins.push(plugin)
    await runStep(running, invocation, { step, plugin })
    plugin.endedAt = Date.now()
    if (plugin.status !== 'Success') {
      return end(
        invocation,
        plugin.status,
        plugin.status === 'TimedOut' ? 'ExecutionTimedOut' : plugin.status,
      )
    }
  }
  end(invocation, 'Success')
}

const started = ({ name }: DocumentStep): PluginRecord => ({
  name,
  status: 'InProgress',
  details: 'InProgress',
  code: -1,
  startedAt: Date.now(),
  endedAt: null,
  stdout: '',
  stderr: '',
})

type Step = { step: DocumentStep; plugin: PluginRecord }

async function runStep(running: Running, { node }: InvocationRecord, { step, plugin }: Step): Promise<void> {
  try {
    if (step.action === 'aws:downloadContent') {
      plugin.stdout = await download(running, node, step)
      return outcome(plugin, 'Success', 0)
    }
    if (step.action !== 'aws:runShellScript') throw new Error(`${step.action} is not run on this machine`)
    const script = await shell(running, node, step)
    plugin.stdout = script.stdout
    plugin.stderr = script.stderr
    outcome(plugin, statusOf(script), script.code)
  } catch (error) {
    plugin.stderr = `${(error as Error).message}\n`
    outcome(plugin, 'Failed', 1)
  }
}

const outcome = (plugin: PluginRecord, status: string, code: number): void =>
  void Object.assign(plugin, { status, details: status, code })

function statusOf({ code, why }: ScriptEnd): string {
  if (why === 'cancelled') return 'Cancelled'
  if (why === 'timed-out') return 'TimedOut'
  return code === 0 ? 'Success' : 'Failed'
}

const folderOf = ({ directory }: Running, node: string): string => join(directory, node)

async function download(running: Running, node: string, { inputs }: DocumentStep): Promise<string> {
  const text = (name: string): string => filled(String(inputs[name] ?? ''), running.values)
  const directory = downloadsOf(folderOf(running, node))
  await mkdir(directory, { recursive: true })
  const { awsUrl } = running
  return downloadContent({ type: text('sourceType'), info: text('sourceInfo'), directory, awsUrl })
}

async function shell(running: Running, node: string, { inputs }: DocumentStep): Promise<ScriptEnd> {
  const { values, cancels } = running
  const folder = folderOf(running, node)
  // Content that an earlier step downloaded lies where the next one runs.
  const own = downloadsOf(folder)
  await mkdir(own, { recursive: true })
  const file = join(folder, '_script.sh')
  await writeFile(file, `${filledLines(inputs.runCommand ?? [], values).join('\n')}\n`, { mode: 0o700 })
  return runScript({
    file,
    directory: filled(inputs.workingDirectory ?? '', values) || own,
    env: variablesOf(node),
    timeoutMs: Number(filled(inputs.timeoutSeconds ?? '3600', values)) * 1_000,
    signal: cancels.get(node)?.signal ?? new AbortController().signal,
  })
}

/** As the agent sets them on a node, and nothing else of this process. */
const variablesOf = (node: string): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  HOME: process.env.HOME ?? '',
  LANG: 'en_US.UTF-8',
  AWS_SSM_INSTANCE_ID: node,
  AWS_SSM_REGION_NAME: LOCAL_REGION,
})
