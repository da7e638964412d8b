import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type StartedS3, startS3 } from './start.ts'

let s3: StartedS3
beforeAll(async () => {
  s3 = await startS3()
  await s3.client.send(new CreateBucketCommand({ Bucket: 'pages' }))
  const page = { Bucket: 'pages', Key: 'p.html', Body: '<script>1</script>', ContentType: 'text/html' }
  await s3.client.send(new PutObjectCommand(page))
})
afterAll(() => s3.close())

test.each(['/pages/p.html', '/pages/none', '/pages'])(
  'a browser runs nothing of what %s answers as a page of this endpoint',
  async (path) => {
    const { headers } = await fetch(s3.endpoint + path)
    expect(headers.get('content-security-policy')).toBe('sandbox')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  },
)
