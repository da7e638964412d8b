import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readable, statementsOf, synthesize } from './synth.ts'

const module = (name: string): string => join(import.meta.dirname, name)

test('more job templates can be added, and the functions know them', async () => {
  const template = await synthesize({ extraJobs: module('more-jobs.ts'), nag: false })
  const machines = Object.values(template.findResources('AWS::StepFunctions::StateMachine'))
  expect(machines.map(({ Properties }) => Properties.StateMachineName).sort()).toEqual([
    'standdown-more',
    'standdown-object-migration',
    'standdown-stand-down',
  ])
  const functions = Object.values(template.findResources('AWS::Lambda::Function'))
  const api = functions.find(({ Properties }) => Properties.FunctionName === 'standdown-api-execute-job')
  const told = JSON.parse(readable(api?.Properties.Environment.Variables.TEMPLATES))
  expect(Object.keys(told)).toEqual(['object-migration', 'more'])
})

test('a finding of cdk-nag that nobody gave a reason for stops the synth', async () => {
  await expect(synthesize({ extraJobs: module('unsafe-jobs.ts') })).rejects.toThrow('AwsSolutions-S10')
})

test('a module that adds nothing is refused', async () => {
  await expect(synthesize({ extraJobs: module('synth.ts') })).rejects.toThrow(
    'has no default export that adds jobs',
  )
})

test('two synths of the same sources give the same template', async () => {
  const [first, second] = [await synthesize({ nag: false }), await synthesize({ nag: false })]
  expect(second.toJSON()).toEqual(first.toJSON())
})

test('the steps of a migration reach their work bucket and the buckets that the deployment names, no others', async () => {
  const reach = async (buckets: string[]) => {
    const template = await synthesize({ buckets })
    const work = Object.keys(template.findResources('AWS::S3::Bucket'))[0]
    const statements = statementsOf(template).filter(({ actions }) =>
      actions.some((a) => a.startsWith('s3:')),
    )
    const arns = statements.flatMap(({ resources }) => resources)
    return [...new Set(arns.map((arn) => arn.replace(`<${work}.Arn>`, 'work')))].sort()
  }
  expect(await reach([])).toEqual(['work', 'work/jobs/*'])
  const photos = ['arn:<AWS::Partition>:s3:::photos-*', 'arn:<AWS::Partition>:s3:::photos-*/*']
  expect(await reach(['photos-*'])).toEqual([...photos, 'work', 'work/jobs/*'])
})
