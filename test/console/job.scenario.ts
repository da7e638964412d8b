import { describe, expect, test } from 'vitest'
import { bigJob, ITEMS } from './big-job.ts'
import { type Console, ended, HELD } from './open-console.ts'

export function jobScenarios(known: () => Console): void {
  describe('the page of a job', () => {
    test('draws the state machine as it is deployed, with what is in a Parallel', async () => {
      const { client, open, running } = known()
      const id = await running('parallel', { first: HELD, third: HELD })
      const page = await open(`#/jobs/${id}`)
      const graph = page.getByRole('region', { name: /The state machine/ })
      for (const name of ['Both', 'first', 'second', 'third', 'fourth', 'Commit'])
        await graph.getByText(name, { exact: true }).waitFor()
      expect(await graph.getByText('Ongoing').count()).toBe(2)
      expect(await graph.getByText(/parked/).count()).toBe(0)
      await client.abort(id, { mode: 'force' })
    })

    test('counts the items of a Map, and opens them', async () => {
      const { client, open, running } = known()
      const id = await running('map', { each: HELD }, { items: [1, 2, 3] })
      const page = await open(`#/jobs/${id}`)
      await page
        .getByRole('region', { name: /The state machine/ })
        .getByText('2 items')
        .click()
      await page.getByText('each[1]').waitFor()
      expect(page.url()).toContain('step=each')
      await client.abort(id, { mode: 'force' })
    })

    test('opens a job of five thousand items with few rows, and scrolls to the last', async () => {
      const { open } = known()
      const page = await open('')
      await bigJob(page)
      await page.goto(`${page.url().split('#')[0]}#/jobs/big?tab=steps&step=copy`)
      const items = page.getByRole('region', { name: 'Items of copy' })
      await items.getByText('copy[0]', { exact: true }).waitFor()
      expect(await items.getByRole('listitem').count()).toBeLessThan(60)
      const last = items.getByText(`copy[${ITEMS - 1}]`, { exact: true })
      while ((await last.count()) === 0)
        await items.evaluate((frame) => frame.scrollTo(0, frame.scrollHeight))
      expect(await items.getByRole('listitem').count()).toBeLessThan(60)
    })

    test('says what a clean-up left behind, and repeats it', async () => {
      const { client, open, running } = known()
      const id = await running('chain', { first: { ...HELD, abort_fails: true } })
      await client.abort(id, { mode: 'force', reason: 'to fail' })
      expect((await ended(client, id)).left_behind).toHaveLength(1)
      const page = await open(`#/jobs/${id}?tab=abort`)
      await page.getByText('The abort could not clean up everything').waitFor()
      await page.getByText('first: the clean-up of first was to fail').waitFor()
      await page.getByRole('button', { name: 'Repeat clean-up' }).first().click()
      await page.getByText('The clean-up is repeated').waitFor()
      expect((await client.job(id)).clean_up?.run).toBe(1)
    })

    test('has a time line, the notifications and the input of an aborted job', async () => {
      const { client, open, running } = known()
      const id = await running('chain', { first: HELD })
      await client.abort(id, { mode: 'graceful', reason: 'to look at' })
      await ended(client, id)
      const page = await open(`#/jobs/${id}`)
      await page.getByRole('tab', { name: 'Timeline' }).click()
      await page.getByText(/The abort was requested/).waitFor()
      await page.getByRole('tab', { name: 'Notifications' }).click()
      for (const type of ['job.execution.start', 'job.cancel.start', 'job.cancel.end'])
        await page.getByText(type, { exact: true }).waitFor()
      await page.getByRole('tab', { name: 'Input' }).click()
      await page.getByText('"held": true').waitFor()
    })

    test('of an id that no job has says so', async () => {
      const { complaints, open } = known()
      const page = await open('#/jobs/none')
      await page.getByText('Not found').waitFor()
      expect(complaints().join()).toContain('404')
    })
  })
}
