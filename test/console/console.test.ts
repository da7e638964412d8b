import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { abortScenarios } from './abort.scenario.ts'
import { jobScenarios } from './job.scenario.ts'
import { jobsScenarios } from './jobs.scenario.ts'
import { lookScenarios } from './looks.scenario.ts'
import { type Console, openConsole } from './open-console.ts'
import { pageScenarios } from './pages.scenario.ts'

// One runtime and one browser for all of them: each takes seconds to start.
let opened: Console

beforeAll(async () => {
  opened = await openConsole()
}, 600_000)
afterAll(() => opened?.close())
afterEach(async () => {
  await Promise.all(opened.browser.contexts().map((context) => context.close()))
  expect(opened.complaints()).toEqual([])
})

const known = (): Console => opened
jobsScenarios(known)
jobScenarios(known)
abortScenarios(known)
pageScenarios(known)
lookScenarios(known)
