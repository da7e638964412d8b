import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks'
import { expect, test } from 'vitest'
import { type Author, render } from '../render.ts'

type Row = [title: string, chain: (author: Author) => sfn.IChainable, message: string]

const boundary = { abortable: 'boundary' } as const

const glue = ({ stack }: Author, id: string, props: Partial<tasks.GlueStartJobRunProps> = {}) =>
  new tasks.GlueStartJobRun(stack, id, { glueJobName: 'train', ...props })

/** Over the objects of a bucket, as people use it most. */
const overBucket = ({ stack }: Author) =>
  new sfn.DistributedMap(stack, 'Each', {
    itemReader: new sfn.S3ObjectsItemReader({ bucketNamePath: sfn.JsonPath.stringAt('$.bucket') }),
  })
const DISTRIBUTED = 'the job test: the Map Each is distributed: its children are executions of their own'

const rows: Row[] = [
  [
    'a step in a distributed Map',
    (author) => overBucket(author).itemProcessor(author.step('child')),
    DISTRIBUTED,
  ],
  [
    'a distributed Map of tasks that may be killed at any time: nobody sees that they were',
    (author) =>
      author.step('work').next(overBucket(author).itemProcessor(author.steps.ungated(glue(author, 'Train')))),
    DISTRIBUTED,
  ],
  [
    'a task that is no step',
    (author) => author.step('work').next(glue(author, 'Train')),
    'the job test: the task Train is no step, so a graceful abort would kill it: make it one with steps.task(), if it is ' +
      'a function of yours, or with steps.external(), or say by steps.ungated() that it may be killed at any time',
  ],
  [
    'such a task in a branch of a Parallel',
    (author) =>
      new sfn.Parallel(author.stack, 'Both').branch(author.step('work')).branch(glue(author, 'Train')),
    'the task Train is no step',
  ],
  [
    'an external step whose output hides its result',
    (author) => author.steps.external('train', glue(author, 'train', { outputPath: '$.Id' }), boundary),
    'the external step train has an outputPath, which hides its result: give it a resultSelector or a resultPath',
  ],
  [
    'an external step in a Parallel that is tried again as a whole',
    (author) =>
      new sfn.Parallel(author.stack, 'Both')
        .branch(author.steps.external('train', glue(author, 'train'), boundary))
        .addRetry({ maxAttempts: 2 }),
    'the external step train is inside Both, whose Retry would do its finished task again: give the Retry to the task',
  ],
  [
    "an external step in a Map whose Catch drops the child's index",
    (author) => {
      const train = glue(author, 'train').addCatch(new sfn.Pass(author.stack, 'Never mind'))
      const external = author.steps.external('train', train, boundary)
      return author.steps.map('Each', { items: '$.list' }).itemProcessor(external)
    },
    'a Catch of the external step train in a Map drops $.index: give it a resultPath below $',
  ],
  [
    'an external step of a name that another step has',
    (author) =>
      author.step('train').next(author.steps.external('train', glue(author, 'Train again'), boundary)),
    'two of its steps are named train: name each once',
  ],
  [
    'a step name that is no name for people and keys',
    (author) => author.steps.external('Train it', glue(author, 'train'), boundary),
    'the step name Train it is not of 1 to 64 characters of a-z, 0-9 and -',
  ],
  [
    'a state named as one of those around an external step',
    (author) =>
      author.steps
        .external('train', glue(author, 'train'), boundary)
        .next(new sfn.Pass(author.stack, 'train (finished)')),
    'the state name train (finished) is kept for what stands around the external step train: choose another',
  ],
]

test.each(rows)('%s is refused', (_title, chain, message) => {
  expect(() => render(chain)).toThrow(message)
})

test('a task that may be killed at any time stays as it is', () => {
  const chain = (author: Author) => author.step('work').next(author.steps.ungated(glue(author, 'Tell')))
  expect(render(chain).States.Tell).toEqual({
    Type: 'Task',
    Resource: expect.anything(),
    Parameters: { JobName: 'train' },
    Next: 'Standdown commit',
  })
})
