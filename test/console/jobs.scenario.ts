import { describe, expect, test } from 'vitest'
import { type Console, HELD } from './open-console.ts'

export function jobsScenarios(known: () => Console): void {
  describe('the list of jobs', () => {
    test('is empty at first, and then starts a demo job that it shows', async () => {
      const { client, open } = known()
      const page = await open('')
      await page.getByText('No jobs yet').waitFor()
      await page.getByRole('button', { name: 'Start a demo job' }).click()
      await page.getByRole('heading', { name: 'action-plan' }).waitFor()
      const { items } = await client.jobs()
      expect(page.url()).toContain(`#/jobs/${items[0]?.job_execution_id}`)
      await client.abort(items[0]?.job_execution_id ?? '', { mode: 'force' })
    })

    test('is filtered by a state that stays in the address', async () => {
      const { client, open, running } = known()
      const id = await running('chain', { first: HELD })
      const page = await open('#/jobs')
      const link = page.getByRole('link', { name: `Job ${id}` })
      await link.waitFor()
      await page.getByRole('button', { name: /^Ongoing/ }).click()
      expect(page.url()).toMatch(/#\/jobs\?state=ONGOING$/)
      await link.waitFor()
      await page.reload()
      await link.waitFor()
      await page.getByRole('button', { name: /^Pending/ }).click()
      await link.waitFor({ state: 'detached' })
      await client.abort(id, { mode: 'force' })
    })

    test('finds a job by a part of its id, after / was pressed', async () => {
      const { client, open, running } = known()
      const id = await running('chain', { first: HELD })
      const page = await open('#/jobs')
      await page.getByRole('link', { name: `Job ${id}` }).waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type(id.slice(-8))
      await page.keyboard.press('Enter')
      await page.getByRole('row').nth(2).waitFor({ state: 'detached' })
      expect(await page.getByRole('link', { name: `Job ${id}` }).count()).toBe(1)
      await client.abort(id, { mode: 'force' })
    })

    test('is read page by page', async () => {
      const { client, open } = known()
      const start = () => client.execute({ template: 'lab-timed', input: {} })
      await Promise.all(Array.from({ length: 30 }, start))
      const page = await open('#/jobs')
      const jobs = page.getByRole('link', { name: /^Job / })
      await jobs.nth(24).waitFor()
      const first = await jobs.first().getAttribute('href')
      await page.getByRole('button', { name: 'Next page' }).click()
      await page.locator(`a[href="${first}"]`).waitFor({ state: 'detached' })
      await jobs.nth(4).waitFor()
      await page.getByRole('button', { name: 'Previous page' }).click()
      await page.locator(`a[href="${first}"]`).waitFor()
    })

    test('says that the API does not answer, keeps what it showed, and goes on by itself', async () => {
      const { client, complaints, open, running } = known()
      const id = await running('chain', { first: HELD })
      const page = await open('#/jobs')
      const link = page.getByRole('link', { name: `Job ${id}` })
      await link.waitFor()
      await page.route('**/jobs?*', (route) => route.abort())
      await page.getByText('The API does not answer').waitFor()
      expect(await link.count()).toBe(1)
      await page.unroute('**/jobs?*')
      await page.getByRole('button', { name: 'Try again' }).click()
      await page.getByText('The API does not answer').waitFor({ state: 'detached' })
      // Chromium itself tells of each request that failed.
      expect(new Set(complaints())).toEqual(new Set(['Failed to load resource: net::ERR_FAILED']))
      await client.abort(id, { mode: 'force' })
    })
  })
}
