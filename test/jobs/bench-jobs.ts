import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import { AbortableJob } from '#infra/constructs/abortable-job.ts'
import { BundledFunction } from '#infra/constructs/bundled-function.ts'
import type { JobControl } from '#infra/constructs/job-control.ts'
import { PlainTask } from '#infra/constructs/plain-task.ts'
import type { Steps } from '#infra/constructs/steps.ts'
import type { TestFunctions } from './test-functions.ts'

const DISCARD = { resultPath: sfn.JsonPath.DISCARD }
const ONE_BY_ONE = { items: '$.items', maxConcurrency: 1, ...DISCARD }

/** The name of the machine that does the same as `bench-no-op` without the protocol. */
export const PLAIN_MACHINE = 'standdown-bench-plain'

/** As many steps as the input has items, one after another; so one definition serves every length. */
export function addBenchJobs(scope: Construct, control: JobControl, functions: TestFunctions): void {
  for (const name of ['no-op', 'slow-op']) {
    new AbortableJob(scope, `bench-${name}`, {
      control,
      template: { name: `bench-${name}`, description: `A benchmark: ${name} for each item` },
      definition: (steps: Steps) =>
        steps.map(`Each ${name}`, ONE_BY_ONE).itemProcessor(steps.task(functions.step(name), DISCARD)),
    })
  }
  addPlainMachine(scope)
}

function addPlainMachine(scope: Construct): void {
  const fn = new BundledFunction(scope, 'PlainNoOp', { entry: 'test/jobs/plain/no-op.ts' })
  const each = new sfn.Map(scope, 'Each plain', { itemsPath: '$.items', maxConcurrency: 1, ...DISCARD })
  new sfn.StateMachine(scope, 'PlainMachine', {
    stateMachineName: PLAIN_MACHINE,
    definitionBody: sfn.DefinitionBody.fromChainable(
      each.itemProcessor(new PlainTask(scope, 'Plain no-op', { fn, ...DISCARD })),
    ),
  })
}
