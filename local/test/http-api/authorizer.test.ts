import { describe, expect, test } from 'vitest'
import { authorize } from '#local/http-api/authorizer.ts'
import type { InvokeResult } from '#local/types.ts'

const EVENT = {
  version: '2.0',
  routeKey: 'ANY /things/{proxy+}',
  headers: { 'x-auth-token': 't' },
  body: 'secret',
  isBase64Encoded: false,
  requestContext: { authorizer: { iam: { userArn: 'me' } }, http: { method: 'GET' } },
}

function answering(result: InvokeResult) {
  const events: unknown[] = []
  const invoke = async (_name: string, event: unknown) => {
    events.push(event)
    return result
  }
  return { lambda: { invoke }, events }
}

describe('a Lambda authorizer', () => {
  test('is asked without the body, and what it says reaches the function in place of the local user', async () => {
    const { lambda, events } = answering({ payload: { isAuthorized: true, context: { user: 'ann' } } })
    expect(await authorize(lambda, 'f', EVENT)).toMatchObject({
      body: 'secret',
      requestContext: { authorizer: { lambda: { user: 'ann' } }, http: { method: 'GET' } },
    })
    expect(events).toEqual([
      {
        version: '2.0',
        type: 'REQUEST',
        identitySource: null,
        routeKey: EVENT.routeKey,
        headers: EVENT.headers,
        requestContext: { http: { method: 'GET' } },
      },
    ])
  })

  test.each([{ isAuthorized: false }, { isAuthorized: 'true' }, {}, null])(
    'that answers %j lets nobody in',
    async (payload) => {
      const { lambda } = answering({ payload })
      expect(await authorize(lambda, 'f', EVENT)).toBeUndefined()
    },
  )

  test('that fails refuses nobody: the request fails', async () => {
    const { lambda } = answering({
      payload: null,
      functionError: { errorType: 'Error', errorMessage: 'down' },
    })
    await expect(authorize(lambda, 'f', EVENT)).rejects.toThrow('down')
  })
})
