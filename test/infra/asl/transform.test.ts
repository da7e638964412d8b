import validate from 'asl-validator'
import { Duration } from 'aws-cdk-lib'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { expect, test } from 'vitest'
import { chains } from './chains.ts'
import { mapChains } from './map-chains.ts'
import { render } from './render.ts'

const rows = [...chains, ...mapChains]

test.each(rows)('$title', ({ chain, expected }) => {
  expect(render(chain)).toEqual(expected)
})

test.each(rows)('valid in the States Language: $title', ({ chain }) => {
  const { isValid, errorsText } = validate(render(chain))
  expect(isValid, errorsText()).toBe(true)
})

test('a step gets the part of the input that its author names, and its mark all the same', () => {
  const { States } = render(({ step }) => step('part', { inputPath: '$.part' }))
  expect(States.part).not.toHaveProperty('InputPath')
  expect(States.part?.Parameters).toMatchObject({ standdown: { step: 'part' }, 'input.$': '$.part' })
})

test('a bound that its author gives a step ends its state, and no default of ours tries again', () => {
  const taskTimeout = sfn.Timeout.duration(Duration.seconds(3))
  const { States } = render(({ step }) => step('bounded', { taskTimeout }))
  expect(States.bounded).toMatchObject({ TimeoutSeconds: 3 })
  const repeated = States.bounded?.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals)
  expect(repeated).not.toContain('States.Timeout')
})
