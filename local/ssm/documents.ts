import { AwsError } from '#local/types.ts'

export type Parameters = Record<string, string[]>
type Parameter = { type: 'String' | 'StringList'; default?: string | string[]; description?: string }

/** A step of a document: a shell script, or content that it needs. */
export type DocumentStep = {
  name: string
  action: string
  inputs: {
    runCommand?: string[]
    workingDirectory?: string
    timeoutSeconds?: string
    [input: string]: unknown
  }
}

/** A command document of schema 2.2, as CreateDocument takes it. */
export type DocumentContent = {
  schemaVersion: string
  description?: string
  parameters?: Record<string, Parameter>
  mainSteps: DocumentStep[]
}

const PLAYBOOK = [
  'if ! command -v ansible-playbook >/dev/null; then',
  '  echo "ansible-playbook is not installed on this machine" >&2',
  '  exit 127',
  'fi',
  'set -- -i localhost, -c local',
  'if [ "{{Check}}" = True ]; then set -- "$@" --check; fi',
  'exec ansible-playbook "$@" -e "{{ExtraVariables}}" {{Verbose}} "{{PlaybookFile}}"',
]

/** The two documents of AWS that are run here, with the parameters that AWS gives them. */
export const BUILT_IN: Record<string, DocumentContent> = {
  'AWS-RunShellScript': {
    schemaVersion: '2.2',
    parameters: {
      commands: { type: 'StringList' },
      workingDirectory: { type: 'String', default: '' },
      executionTimeout: { type: 'String', default: '3600' },
    },
    mainSteps: [
      {
        name: 'runShellScript',
        action: 'aws:runShellScript',
        inputs: {
          runCommand: ['{{ commands }}'],
          workingDirectory: '{{ workingDirectory }}',
          timeoutSeconds: '{{ executionTimeout }}',
        },
      },
    ],
  },
  'AWS-ApplyAnsiblePlaybooks': {
    schemaVersion: '2.2',
    parameters: {
      SourceType: { type: 'String', default: '' },
      SourceInfo: { type: 'String', default: '{}' },
      InstallDependencies: { type: 'String', default: 'False' },
      PlaybookFile: { type: 'String', default: 'hello-world-playbook.yml' },
      ExtraVariables: { type: 'String', default: 'SSM=True' },
      Check: { type: 'String', default: 'False' },
      Verbose: { type: 'String', default: '-v' },
      TimeoutSeconds: { type: 'String', default: '3600' },
    },
    mainSteps: [
      {
        name: 'downloadContent',
        action: 'aws:downloadContent',
        inputs: { sourceType: '{{ SourceType }}', sourceInfo: '{{ SourceInfo }}' },
      },
      {
        name: 'runShellScript',
        action: 'aws:runShellScript',
        inputs: { runCommand: PLAYBOOK, timeoutSeconds: '{{ TimeoutSeconds }}' },
      },
    ],
  },
}

/** The values of all parameters, with the defaults of those that were not given. */
export function withDefaults({ parameters: known = {} }: DocumentContent, given: Parameters): Parameters {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(known, name))
  if (unknown !== undefined) throw invalid(`the document has no parameter ${unknown}`)
  return Object.fromEntries(
    Object.entries(known).map(([name, parameter]) => {
      const value = given[name] ?? parameter.default
      if (value === undefined) throw invalid(`the parameter ${name} is missing`)
      return [name, [value].flat()]
    }),
  )
}

const invalid = (message: string): AwsError => new AwsError('InvalidParameters', message)

const NAME = /\{\{\s*([\w-]+)\s*\}\}/g

/** A line that is one parameter becomes as many lines as that has; within a line it is put as text, as AWS does. */
export const filledLines = (lines: string[], values: Parameters): string[] =>
  lines.flatMap((line) => {
    const whole = /^\{\{\s*([\w-]+)\s*\}\}$/.exec(line.trim())?.[1]
    return whole && Object.hasOwn(values, whole) ? values[whole]! : [filled(line, values)]
  })

export const filled = (text: string, values: Parameters): string =>
  text.replaceAll(NAME, (all, name: string) => (Object.hasOwn(values, name) ? values[name]!.join(' ') : all))
