import { expect, test } from 'vitest'
import { runAction } from '#functions/steps/action-plan/actions/run-action.ts'
import { SecretRefused } from '#functions/steps/action-plan/http/web.ts'
import { ActionRun, endOf } from './action-run.ts'
import { move, START, STATUS, serving } from './http-operation.ts'

const SECRET = { headers_secret: 'standdown/nova' }

test('headers come from the secret, which no fault ever shows', async () => {
  const { service, parts } = serving({
    replies: { [START]: [{ status: 400, json: { message: 'the token s3cr3t-1\u0007 is no good' } }] },
  })
  service.secret = { 'X-Auth-Token': 's3cr3t-1' }
  const end = await endOf(runAction(parts, move(SECRET), new ActionRun().tools))
  expect(service.asked[0]?.headers).toMatchObject({ 'X-Auth-Token': 's3cr3t-1' })
  expect(end).toBe('ActionRefused: start: 400 the token ***  is no good')
})

test('a secret that was changed is read anew', async () => {
  const { service, parts } = serving({ replies: { [STATUS]: [{ status: 401 }] } })
  service.secret = { 'X-Auth-Token': 'old' }
  service.onAsk = () => {
    service.secret = { 'X-Auth-Token': 'new' }
  }
  expect(await endOf(runAction(parts, move(SECRET), new ActionRun().tools))).toBe('ended')
  expect(service.asked.map(({ headers }) => headers['X-Auth-Token'])).toEqual(['old', 'old', 'new', 'new'])
})

test('a secret goes to no other host, wherever an answer leads', async () => {
  const elsewhere = { status: 202, json: { id: 1 }, headers: { location: 'https://evil.example/moves/1' } }
  const { service, parts } = serving({ replies: { [START]: [elsewhere] } })
  service.secret = { 'X-Auth-Token': 't' }
  const end = await endOf(runAction(parts, move(SECRET), new ActionRun().tools))
  expect(end).toBe(
    'ActionRefused: the URL of its status leads to evil.example: its secret goes to nova.example only',
  )
  expect(service.said).toEqual([START])
})

test('a secret that cannot be read fails the action before anything is sent', async () => {
  const { service, parts } = serving()
  const web = { ...service.web, headersIn: async () => Promise.reject(new SecretRefused('no such secret')) }
  const run = new ActionRun()
  expect(await endOf(runAction({ ...parts, web }, move(SECRET), run.tools))).toBe(
    'ActionRefused: no such secret',
  )
  expect([service.asked, run.last]).toMatchObject([[], { end: { kind: 'refused' } }])
})
