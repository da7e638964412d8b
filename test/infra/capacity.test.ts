import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BUNDLES_CONTEXT } from '#infra/bundle/code.ts'
import { AbortableJob } from '#infra/constructs/abortable-job.ts'
import { JobControl, type JobControlProps } from '#infra/constructs/job-control.ts'
import { StepFunction } from '#infra/constructs/step-function.ts'
import { Deployed } from './deployed.ts'
import { type StubBundles, stubBundles } from './stub-bundles.ts'

let bundles: StubBundles
beforeAll(async () => {
  bundles = await stubBundles()
})
afterAll(() => bundles[Symbol.dispose]())

function deploy(props: JobControlProps = {}): Deployed {
  const stack = new Stack(new App({ context: { [BUNDLES_CONTEXT]: bundles.folder } }), 'Test')
  const control = new JobControl(stack, 'JobControl', props)
  const verify = new StepFunction(stack, 'Verify', { entry: 'functions/steps/object-migration/verify.ts' })
  const template = { name: 'report', description: 'a report' }
  new AbortableJob(stack, 'Report', { control, template, definition: (steps) => steps.task(verify) })
  return new Deployed(Template.fromStack(stack))
}

/** By the name of each function that has any. */
const reservedIn = (deployed: Deployed): Record<string, number> =>
  Object.fromEntries(
    deployed.functions
      .map(({ properties }) => [properties.FunctionName, properties.ReservedConcurrentExecutions])
      .filter(([, reserved]) => reserved !== undefined),
  )

const notProtected = (deployed: Deployed): string | undefined =>
  deployed.template.toJSON().Outputs.NotProtected?.Value

test('a new account can deploy it: nothing is reserved, and the output says what is not protected', () => {
  const deployed = deploy()
  expect(reservedIn(deployed)).toEqual({})
  expect(notProtected(deployed)).toContain("aborts share the account's Lambda concurrency with the steps")
})

test('what is reserved is reserved for the aborts and for everything that settles', () => {
  const deployed = deploy({ capacity: { reserved: 5 } })
  expect(reservedIn(deployed)).toEqual({
    'standdown-api-abort-job': 5,
    'standdown-events-settle': 5,
    'standdown-events-sweep': 5,
    'standdown-stand-down-drain': 5,
    'standdown-stand-down-clean-up': 5,
    'standdown-stand-down-settle': 5,
  })
  expect(notProtected(deployed)).toBeUndefined()
})

test('a limit of the steps is one of each step, and does not protect aborts alone', () => {
  const deployed = deploy({ capacity: { eachStep: 20 } })
  expect(reservedIn(deployed)).toEqual({ 'standdown-steps-object-migration-verify': 20 })
  expect(notProtected(deployed)).toContain('the steps, each at most 20 at once')
})

test('records that go before the names of their executions are free are refused', () => {
  for (const retentionDays of [89, 0, 90.5]) expect(() => deploy({ retentionDays })).toThrow('from 90')
  expect(() => deploy({ retentionDays: 365 })).not.toThrow()
})
