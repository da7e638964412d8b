import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type GatewayRoute, gatewayRoutes } from '#core/api/door.ts'
import type { HttpLambda } from '#functions/middleware/http.ts'
import { DOORS } from '#infra/constructs/job-api.ts'
import { ask } from '../http-event.ts'

const FUNCTIONS = join(import.meta.dirname, '../../../functions')
const ROUTES = DOORS.flatMap(gatewayRoutes)
const handlerOf = async ({ bundle }: GatewayRoute): Promise<HttpLambda> =>
  (await import(join(FUNCTIONS, `${bundle}.ts`))).handler

test('no two doors have the same route', () => {
  const keys = ROUTES.map(({ key }) => key)
  expect(new Set(keys).size).toBe(keys.length)
})

describe.each(ROUTES.map((route) => [route.key, route] as const))('%s', (key, route) => {
  // The body's type is looked at once the route is found, and before anything else.
  const parts = { text: 'x', headers: { 'content-type': 'text/plain' } }

  test('is served by the function that its table names', async () => {
    expect((await ask(await handlerOf(route), key, parts)).status).toBe(415)
  })

  test('and by no other', async () => {
    for (const other of ROUTES.filter(({ bundle }) => bundle !== route.bundle)) {
      expect((await ask(await handlerOf(other), key, parts)).status).toBe(404)
    }
  })
})
