import { describe, expect, test } from 'vitest'
import { blankControl, NO_CONTROL, replaceControl } from '#core/text/control.ts'

describe('a control character', () => {
  test.each([
    ['the first', '\u0000'],
    ['a line break', '\n'],
    ['escape', '\u001b'],
    ['delete', '\u007f'],
    ['the eight-bit escape', '\u009b'],
    ['the line separator', '\u2028'],
    ['the paragraph separator', '\u2029'],
  ])('is %s', (_what, character) => {
    expect(NO_CONTROL.test(`a${character}b`)).toBe(false)
    expect(replaceControl(`a${character}b`, () => '?')).toBe('a?b')
    expect(blankControl(`a${character}${character}b`)).toBe('a b')
  })

  test.each([' ', 'ü', '\u00a0', '世', '🙂'])('is not %j', (character) => {
    expect(NO_CONTROL.test(character)).toBe(true)
    expect(replaceControl(character, () => '?')).toBe(character)
    expect(blankControl(character)).toBe(character)
  })
})
