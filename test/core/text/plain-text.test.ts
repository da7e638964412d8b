import { describe, expect, test } from 'vitest'
import { messageOfCause, plainText } from '#core/text/plain-text.ts'

describe('text from elsewhere', () => {
  test.each([
    ['as it is', 'ça va, 世界 🙂', 'ça va, 世界 🙂'],
    ['a terminal’s escape sequence', 'a\u001b[31mb', 'a [31mb'],
    ['its eight-bit form', 'a\u009b31mb', 'a 31mb'],
    ['line breaks of every kind', 'a\r\nb\u2028c', 'a b c'],
    ['half of a surrogate pair', 'a\ud83d', 'a\ufffd'],
  ])('is kept plain: %s', (_what, text, expected) => {
    expect(plainText(text, 100)).toBe(expected)
  })

  test('is cut at the most that is kept, and says so', () => {
    expect(plainText('abcdef', 6)).toBe('abcdef')
    expect(plainText('abcdefg', 6)).toBe('abcde…')
  })

  test('is never cut into an ill-formed string', () => {
    expect(plainText(`abcd🙂🙂`, 6).isWellFormed()).toBe(true)
  })
})

describe('a cause', () => {
  test.each([
    ['{"errorMessage":"no such bucket","trace":["at /var/task/index.mjs"]}', 'no such bucket'],
    ['{"job_execution_id":"1"}', '{"job_execution_id":"1"}'],
    ['{"errorMessage":{}}', '{"errorMessage":{}}'],
    ['null', 'null'],
    ['{"errorType":"E","errorMessage":"no such bu', 'no such bu'],
    ['{"errorMessage": "a \\"b\\" \\u4e16\\n\\u12', 'a "b" 世\n'],
    ['{"errorMessage":"cut after a backslash\\', 'cut after a backslash'],
    ['{"errorType":"E","errorMessage":"whole","trace":["cut', 'whole'],
    ['{"errorType":"\\"errorMessage\\":\\"not me\\"","errorMessage":"me","trace":["', 'me'],
    ['{"errorType":"cut in the typ', '{"errorType":"cut in the typ'],
    ['the text "errorMessage":"x', 'the text "errorMessage":"x'],
    ['stopped by hand', 'stopped by hand'],
  ])('%s says %s', (cause, message) => {
    expect(messageOfCause(cause)).toBe(message)
  })
})
