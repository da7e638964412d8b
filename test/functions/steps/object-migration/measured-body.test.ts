import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { expect, test } from 'vitest'
import { MeasuredBody, readBody } from '#functions/steps/object-migration/copy/measured-body.ts'

const MIB = 1024 ** 2
const md5 = (text: string) => createHash('md5').update(text).digest('hex')
const from = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)))

/** What gets through before it ends, well or not. */
async function passed(body: Readable, size: number, expected: string | null) {
  const through: string[] = []
  const measured = new MeasuredBody(size, expected)
  measured.on('data', (chunk) => through.push(String(chunk)))
  const error = await pipeline(body, measured).then(
    () => undefined,
    (error) => error,
  )
  return { text: through.join(''), error, md5: measured.md5 }
}

test('a whole body passes, and its MD5 is known then', async () => {
  expect(await passed(from('ab', 'c', 'def'), 6, md5('abcdef'))).toEqual({
    text: 'abcdef',
    error: undefined,
    md5: md5('abcdef'),
  })
  expect(await passed(from(), 0, null)).toMatchObject({ text: '', error: undefined })
})

test.each([
  ['that is too long', ['ab', 'c', 'def', 'g'], 6, null, /more than the 6 bytes/],
  ['that is too short', ['ab', 'c', 'def'], 7, null, /ended after 6 of 7 bytes/],
  ['with another MD5', ['ab', 'c', 'def'], 6, md5('abcdeF'), /has the MD5 .*, its ETag says/],
])('of a body %s the end never passes', async (_, chunks, size, expected, message) => {
  const { text, error } = await passed(from(...chunks), size, expected)
  expect(error.message).toMatch(message)
  expect(text.length).toBeLessThan(size)
  await expect(readBody(from(...chunks), { size, md5: expected })).rejects.toThrow(message)
})

test('a body that breaks off is thrown as it broke off', async () => {
  const broken = Readable.from(
    (function* () {
      yield Buffer.from('ab')
      throw new Error('socket hang up')
    })(),
  )
  await expect(readBody(broken, { size: 6, md5: null })).rejects.toThrow('socket hang up')
})

test('of a body of any size only a little is held, as fast as it is taken', async () => {
  let made = 0
  let taken = 0
  let most = 0
  const size = 200 * MIB
  const body = Readable.from(
    (function* () {
      for (; made < size; made += 64 * 1024) yield Buffer.alloc(64 * 1024)
    })(),
    { highWaterMark: 1 },
  )
  const measured = new MeasuredBody(size, null)
  const flowing = pipeline(body, measured)
  for await (const chunk of measured) {
    taken += chunk.length
    most = Math.max(most, made - taken)
  }
  await flowing
  expect(taken).toBe(size)
  expect(most).toBeLessThan(MIB)
})
