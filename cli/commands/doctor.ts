import { type Run, Verb } from '../command.ts'
import type { Context } from '../context.ts'
import { checks, type Finding } from '../doctor/checks.ts'
import { EXIT } from '../exit.ts'

export const doctor = (run: Run): Verb =>
  new Verb('doctor', run)
    .summary('find out why something does not work')
    .description(
      'Looks at the Node version, the data folder, the API, and on AWS at credentials, stack and clock.',
    )
    .work<object, []>(examine)
    .examples('standdown doctor', 'standdown doctor --stack Standdown') as Verb

async function examine(context: Context): Promise<void> {
  const findings: Finding[] = []
  for await (const finding of checks(context)) findings.push(finding)
  const { paint } = context.out
  const marks = { ok: paint('green', '✔ ok'), note: paint('yellow', '● note'), bad: paint('red', '✖ bad') }
  context.out.list(findings, {
    head: ['CHECK', '', 'FOUND'],
    row: ({ check, result, found, hint }) => [check, marks[result], hint ? `${found}; ${hint}` : found],
    id: ({ check, result }) => `${check}=${result}`,
    empty: '',
  })
  if (findings.some(({ result }) => result === 'bad')) context.code = EXIT.failed
}
