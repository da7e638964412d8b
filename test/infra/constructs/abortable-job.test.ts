import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { parseTemplate } from '#core/template.ts'
import { BUNDLES_CONTEXT } from '#infra/bundle/code.ts'
import { AbortableJob, type AbortableJobProps, type JobTemplate } from '#infra/constructs/abortable-job.ts'
import { JobControl, type JobControlProps } from '#infra/constructs/job-control.ts'
import { StepFunction } from '#infra/constructs/step-function.ts'
import { Deployed, readable } from '../deployed.ts'
import { type StubBundles, stubBundles } from '../stub-bundles.ts'

let bundles: StubBundles
beforeAll(async () => {
  bundles = await stubBundles()
})
afterAll(() => bundles[Symbol.dispose]())

function newStack(props: JobControlProps = {}): { stack: Stack; control: JobControl } {
  const app = new App({ context: { [BUNDLES_CONTEXT]: bundles.folder } })
  const stack = new Stack(app, 'Test')
  return { stack, control: new JobControl(stack, 'Control', { prefix: 'acme', leaseSeconds: 7, ...props }) }
}

type Made = ReturnType<typeof newStack>
const REPORT = { name: 'report', description: 'a report' }

/** A job of one step. */
function addJob(
  { stack, control }: Made,
  template: JobTemplate = REPORT,
  props: Partial<AbortableJobProps> = {},
) {
  const entry = 'functions/steps/object-migration/verify.ts'
  const verify = new StepFunction(stack, `${template.name}-verify`, { entry, prefix: template.name })
  const definition: AbortableJobProps['definition'] = (steps) => steps.task(verify)
  return new AbortableJob(stack, template.name, { control, template, definition, ...props })
}

/** A job whose name alone matters. */
function nameJob({ stack, control }: Made, name: string) {
  const definition = () => new sfn.Pass(stack, 'Nothing')
  return new AbortableJob(stack, 'Job', { control, template: { name, description: '' }, definition })
}

test('an EXPRESS machine is refused at synth', () => {
  const stateMachineType = sfn.StateMachineType.EXPRESS
  expect(() => addJob(newStack(), REPORT, { stateMachineType })).toThrow(
    'the job report is EXPRESS: such an execution cannot be stopped',
  )
})

test.each(['Report', 'a b', '-a', ''])('the template name "%s" is refused', (name) => {
  expect(() => nameJob(newStack(), name)).toThrow('is not of 1 to 63 characters')
})

test.each(['report', 'stand-down'])('the template name "%s" is refused where it is taken', (name) => {
  const made = newStack()
  addJob(made)
  expect(() => nameJob(made, name)).toThrow(`the job template name ${name} is taken`)
})

test('a missing bundle says what to run', () => {
  const { stack } = newStack()
  expect(() => new StepFunction(stack, 'Gone', { entry: 'functions/steps/no/such.ts' })).toThrow(
    /missing: run "npm run build", or correct the entry functions\/steps\/no\/such.ts/,
  )
})

test('a control without jobs is refused at synth', () => {
  expect(() => Template.fromStack(newStack().stack)).toThrow('there is no job template: add an AbortableJob')
})

test('two jobs may each stop only their own executions, and the product those of all that it deployed', () => {
  const made = newStack()
  addJob(made)
  addJob(made, { name: 'import', description: 'an import' })
  const { statements } = new Deployed(Template.fromStack(made.stack))
  const stops = statements.filter(({ actions }) => actions.includes('states:StopExecution'))
  const stoppedBy = (role: string) =>
    stops
      .filter(({ policy }) => policy.startsWith(role))
      .flatMap(({ resources }) => resources.map((arn) => arn.split(':execution:')[1]))
      .sort()
  expect(stoppedBy('reportverify')).toEqual(['acme-report:*'])
  expect(stoppedBy('importverify')).toEqual(['acme-import:*'])
  expect(stoppedBy('ControlApiAbortJob')).toEqual(['acme-*:*'])
})

test("a step's function is told its table, its lease and how long to keep items", () => {
  const made = newStack()
  addJob(made)
  const functions = Object.values(Template.fromStack(made.stack).findResources('AWS::Lambda::Function'))
  const step = functions.find(({ Properties }) => Properties.FunctionName.startsWith('report-'))
  const { TABLE_NAME, ...variables } = step?.Properties.Environment.Variables ?? {}
  expect(readable(TABLE_NAME)).toMatch(/^<ControlJobsTable/)
  expect(variables).toMatchObject({ LEASE_SECONDS: '7', RETENTION_DAYS: '90' })
})

test("a job's machine tells what its template says of itself, and the names that its steps give themselves", () => {
  const made = newStack()
  const input = z.strictObject({ title: z.string().default('none') })
  addJob(made, { ...REPORT, input, abortModes: ['force'] })
  const machine = new Deployed(Template.fromStack(made.stack)).machines.find(
    ({ name }) => name === 'acme-report',
  )!
  const template = parseTemplate(machine.arn, JSON.stringify(machine.definition))
  expect(template).toMatchObject({
    name: 'report',
    description: 'a report',
    abort_modes: ['force'],
    input_schema: { type: 'object', properties: { title: { type: 'string' } }, additionalProperties: false },
    steps: [{ name: 'verify', abortable: 'checkpoint' }],
  })
  // A default is the step's to apply: whoever starts a job may leave it out.
  expect(template.input_schema).not.toHaveProperty('required')
})

/** The names of the functions that are told this of their environment, and what. */
function environments({ stack }: Made, variable: string): Record<string, unknown> {
  const functions = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'))
  const given = functions.flatMap(({ Properties: { FunctionName, Environment } }) => {
    const value = Environment?.Variables?.[variable]
    return value === undefined ? [] : [[FunctionName, JSON.parse(readable(value))]]
  })
  return Object.fromEntries(given)
}

test('the API’s functions know the modes of a template that has not both, so that no abort asks for them', () => {
  const made = newStack()
  addJob(made, { ...REPORT, abortModes: ['force'] })
  addJob(made, { name: 'other', description: '' })
  const modes = environments(made, 'ABORT_MODES')
  expect(modes['acme-api-abort-job']).toEqual({ report: ['force'] })
  expect(modes['acme-api-jobs']).toEqual({ report: ['force'] })
})

test('all functions of the API, and no others, are told whose tenant a caller is bound to', () => {
  const tenants = { 'arn:aws:iam::111122223333:role/Acme': 'acme' }
  const made = newStack({ tenants })
  addJob(made)
  expect(environments(made, 'TENANTS')).toEqual({
    'acme-api-abort-job': tenants,
    'acme-api-execute-job': tenants,
    'acme-api-jobs': tenants,
  })
  const unbound = newStack()
  addJob(unbound)
  expect(environments(unbound, 'TENANTS')).toEqual({})
})
