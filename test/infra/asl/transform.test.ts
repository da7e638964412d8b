import validate from 'asl-validator'
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
