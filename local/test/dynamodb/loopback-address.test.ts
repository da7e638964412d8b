import { expect, test } from 'vitest'
import { pickLoopbackAddress } from '#local/dynamodb/loopback-address.ts'

test('an address is one of 16 million, and another one each time', async () => {
  const picked = await Promise.all(Array.from({ length: 20 }, () => pickLoopbackAddress()))
  for (const { host, port, isSecret } of picked) {
    expect(host).toMatch(/^127\.(?!0\.)\d+\.\d+\.\d+$/)
    expect(port).toBeGreaterThan(0)
    expect(isSecret).toBe(true)
  }
  expect(new Set(picked.map(({ host }) => host)).size).toBeGreaterThan(15)
})

test('where the machine has no such address it is 127.0.0.1, which is no secret', async () => {
  // One that is for documentation, and of no machine.
  expect(await pickLoopbackAddress('192.0.2.1')).toMatchObject({ host: '127.0.0.1', isSecret: false })
})
