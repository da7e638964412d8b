import { expect, test } from 'vitest'
import { signedFetch } from '#cli/connect/signed-fetch.ts'

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' }

async function signed(url: string, init: RequestInit = {}) {
  const sent: RequestInit[] = []
  const fetch = async (_url: string, given: RequestInit) => {
    sent.push(given)
    return new Response()
  }
  await signedFetch({ region: 'eu-west-1', credentials }, fetch)(url, init)
  return sent[0]!.headers as Record<string, string>
}

test('a request is signed for API Gateway in its region, with its session and without a host of its own', async () => {
  const headers = await signed('https://a.execute-api.eu-west-1.amazonaws.com/jobs?limit=5')
  expect(headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/execute-api\/aws4_request, SignedHeaders=\S+, Signature=[\da-f]{64}$/,
  )
  expect(headers['x-amz-security-token']).toBe('token')
  expect(headers).not.toHaveProperty('host')
})

test('what is signed is the body that is sent', async () => {
  const post = (body: string) =>
    signed('https://a.example/jobs', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
  const [one, other] = [await post('{"a":1}'), await post('{"a":2}')]
  expect(one['x-amz-content-sha256']).not.toBe(other['x-amz-content-sha256'])
  expect(one['content-type']).toBe('application/json')
})
