import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { afterAll, expect, test } from 'vitest'
import { BUNDLES_CONTEXT } from '#infra/bundle/code.ts'
import { AbortableJob, type AbortableJobProps } from '#infra/constructs/abortable-job.ts'
import { JobControl } from '#infra/constructs/job-control.ts'
import { StepFunction } from '#infra/constructs/step-function.ts'
import { stubBundles } from '../stub-bundles.ts'
import { readable, statementsOf } from '../synth.ts'

const bundles = stubBundles()
afterAll(() => bundles[Symbol.dispose]())

function newStack(): { stack: Stack; control: JobControl } {
  const app = new App({ context: { [BUNDLES_CONTEXT]: bundles.folder } })
  const stack = new Stack(app, 'Test')
  return { stack, control: new JobControl(stack, 'Control', { prefix: 'acme', leaseSeconds: 7 }) }
}

const VERIFY = 'steps/object-migration/verify'

function addJob({ stack, control }: ReturnType<typeof newStack>, props: Partial<AbortableJobProps> = {}) {
  const { template = 'report' } = props
  const handler = new StepFunction(stack, `${template}-verify`, { bundle: VERIFY, prefix: template })
  return new AbortableJob(stack, template, {
    control,
    template,
    description: 'a report',
    definition: (steps) => steps.task('verify', { handler }),
    ...props,
  })
}

test('an EXPRESS machine is refused at synth', () => {
  const stateMachineType = sfn.StateMachineType.EXPRESS
  expect(() => addJob(newStack(), { stateMachineType })).toThrow(
    'the job report is EXPRESS: such an execution cannot be stopped',
  )
})

test.each(['Report', 'a b', '-a', ''])('the template name "%s" is refused', (template) => {
  const made = newStack()
  const definition = () => new sfn.Pass(made.stack, 'Nothing')
  expect(
    () =>
      new AbortableJob(made.stack, 'Job', { control: made.control, template, description: '', definition }),
  ).toThrow('is not of 1 to 63 characters')
})

test.each(['report', 'stand-down'])('the template name "%s" is refused where it is taken', (template) => {
  const made = newStack()
  addJob(made)
  const definition = () => new sfn.Pass(made.stack, 'Nothing')
  expect(
    () =>
      new AbortableJob(made.stack, 'Job', { control: made.control, template, description: '', definition }),
  ).toThrow(`the job template name ${template} is taken`)
})

test('a missing bundle says what to run', () => {
  const { stack } = newStack()
  expect(() => new StepFunction(stack, 'Gone', { bundle: 'steps/no/such' })).toThrow(
    /missing: run "npm run build"/,
  )
})

test('a control without jobs is refused at synth', () => {
  expect(() => Template.fromStack(newStack().stack)).toThrow('there is no job template: add an AbortableJob')
})

test('two jobs may each stop only their own executions, and the product those of both', () => {
  const made = newStack()
  addJob(made)
  addJob(made, { template: 'import' })
  const stops = statementsOf(Template.fromStack(made.stack)).filter(({ actions }) =>
    actions.includes('states:StopExecution'),
  )
  const stoppedBy = (role: string) =>
    stops
      .filter(({ policy }) => policy.startsWith(role))
      .flatMap(({ resources }) => resources.map((arn) => arn.split(':execution:')[1]))
      .sort()
  expect(stoppedBy('reportverify')).toEqual(['acme-report:*'])
  expect(stoppedBy('importverify')).toEqual(['acme-import:*'])
  expect(stoppedBy('ControlApiAbortJob')).toEqual(['acme-import:*', 'acme-report:*'])
})

test("a step's function is told its table, its lease and how long to keep items", () => {
  const made = newStack()
  addJob(made)
  const functions = Object.values(Template.fromStack(made.stack).findResources('AWS::Lambda::Function'))
  const step = functions.find(({ Properties }) => Properties.FunctionName.startsWith('report-'))
  const { TABLE_NAME, ...told } = step?.Properties.Environment.Variables ?? {}
  expect(readable(TABLE_NAME)).toMatch(/^<ControlJobsTable/)
  expect(told).toMatchObject({ LEASE_SECONDS: '7', RETENTION_DAYS: '90' })
})
