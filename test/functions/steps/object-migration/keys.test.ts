import { expect, test } from 'vitest'
import { justBefore } from '#functions/steps/object-migration/store/key-order.ts'

test.each(['a', 'a/b', 'ü', '\u{1F600}', '\uE000', 'a\u0000', 'x'.repeat(1024)])(
  'nothing lies between %j and what comes just before it',
  (key) => {
    const before = Buffer.from(justBefore(key))
    expect(Buffer.compare(before, Buffer.from(key))).toBe(-1)
    expect(before.length).toBeLessThanOrEqual(1024)
  },
)
