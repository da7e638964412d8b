import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { MARKS_BUCKET, releaseKey } from '../jobs/marks-bucket.ts'
import { type Console, ended, HELD } from './open-console.ts'

const dialogOf = (page: Page) => page.getByRole('dialog')

async function fillIn(page: Page, mode: 'Graceful' | 'Force', id: string): Promise<void> {
  const dialog = dialogOf(page)
  await dialog.getByRole('radio', { name: mode }).check()
  await dialog.getByLabel('Reason').fill('the wrong bucket')
  if (mode === 'Force') await dialog.getByLabel(/to confirm the force/).fill(id.slice(-8))
}

export function abortScenarios(known: () => Console): void {
  describe('an abort', () => {
    test.each([
      ['gracefully', 'Graceful', 'graceful'],
      ['by force', 'Force', 'force'],
    ] as const)('of a job from its page, %s', async (how, tile, mode) => {
      const { client, open, running } = known()
      const id = await running('chain', { first: HELD })
      const page = await open(`#/jobs/${id}`)
      await page.getByRole('button', { name: 'Abort', exact: true }).click()
      await fillIn(page, tile, id)
      await dialogOf(page).getByText('what it left half done is cleaned up').waitFor()
      await dialogOf(page).getByText('never starts').first().waitFor()
      await dialogOf(page)
        .getByRole('checkbox', { name: /^Roll back/ })
        .check()
      if (mode === 'graceful') {
        await dialogOf(page)
          .getByRole('button', { name: /^Force it, if it has not ended/ })
          .click()
        await page.getByRole('option', { name: 'After 5 minutes' }).click()
      }
      await page.getByRole('button', { name: `Abort ${how}` }).click()
      await page.getByText('is being cancelled').waitFor()
      const { abort_request } = await ended(client, id)
      expect(abort_request).toMatchObject({ mode, reason: 'the wrong bucket', rollback: true })
      expect(abort_request?.force_at === null).toBe(mode === 'force')
      await page.getByRole('tab', { name: 'Abort' }).click()
      await page.getByText('Cleaned up or undone').waitFor()
      await page.getByText('the wrong bucket').first().waitFor()
    })

    test.each([
      ['gracefully', 'Graceful', 'graceful'],
      ['by force', 'Force', 'force'],
    ] as const)('of a job from the list by the keyboard alone, %s', async (how, tile, mode) => {
      const { client, open, running } = known()
      const id = await running('chain', { first: HELD })
      const page = await open('#/jobs')
      await page.getByRole('link', { name: `Job ${id}` }).focus()
      await page.keyboard.press('a')
      await fillIn(page, tile, id)
      await page.getByRole('button', { name: `Abort ${how}` }).press('Enter')
      await dialogOf(page).waitFor({ state: 'hidden' })
      expect((await ended(client, id)).abort_request).toMatchObject({ mode })
    })

    test('of many says beforehand how many it takes, and takes those', async () => {
      const { client, open, running } = known()
      const ids = await Promise.all([running('chain', { first: HELD }), running('chain', { first: HELD })])
      const page = await open('#/jobs?state=ONGOING')
      for (const id of ids) await page.getByRole('checkbox', { name: `Job ${id}` }).check()
      await page.getByRole('button', { name: 'Abort 2 jobs' }).click()
      await dialogOf(page).getByText('2 jobs').last().waitFor()
      await fillIn(page, 'Graceful', '')
      await page.getByRole('button', { name: 'Abort 2 gracefully' }).click()
      await page.getByText('2 jobs being cancelled').waitFor()
      const jobs = await Promise.all(ids.map((id) => ended(client, id)))
      expect(jobs.map(({ state }) => state)).toEqual(['CANCELLED', 'CANCELLED'])
    })

    test('of an attached machine is forced or nothing, and says why', async () => {
      const { client, open } = known()
      const input = { marks: MARKS_BUCKET, steps: { load: HELD } }
      const { job_execution_id: id } = await client.execute({ template: 'lab-attached', input })
      const page = await open(`#/jobs/${id}`)
      await page.getByRole('button', { name: 'Abort', exact: true }).click()
      const graceful = dialogOf(page).getByRole('radio', { name: 'Graceful' })
      await dialogOf(page).getByText('nothing in it looks at an abort').first().waitFor()
      expect(await graceful.isDisabled()).toBe(true)
      await fillIn(page, 'Force', id)
      await page.getByRole('button', { name: 'Abort by force' }).click()
      await page.getByText('Cleaning up 0 of 1').waitFor()
      expect((await ended(client, id)).abort_request).toMatchObject({ mode: 'force' })
    })

    test('without a reason, or a force without its confirmation, is not sent', async () => {
      const { client, open, running } = known()
      const id = await running('chain', { first: HELD })
      const page = await open(`#/jobs/${id}`)
      await page.getByRole('button', { name: 'Abort', exact: true }).click()
      await page.getByRole('button', { name: 'Abort gracefully' }).click()
      await page.getByText('Say why, for those who read it later').waitFor()
      await dialogOf(page).getByRole('radio', { name: 'Force' }).check()
      expect(await page.getByRole('button', { name: 'Abort by force' }).isDisabled()).toBe(true)
      expect((await client.job(id)).state).toBe('ONGOING')
      await client.abort(id, { mode: 'force' })
    })

    test('of a job that ends meanwhile says so in place of its form', async () => {
      const { client, complaints, open, running, s3 } = known()
      const id = await running('chain', { first: HELD })
      const page = await open(`#/jobs/${id}`)
      await page.getByRole('button', { name: 'Abort', exact: true }).click()
      await dialogOf(page).getByLabel('Reason').fill('too late')
      await s3.send(new PutObjectCommand({ Bucket: MARKS_BUCKET, Key: releaseKey(id, 'first'), Body: '' }))
      expect((await ended(client, id)).state).toBe('SUCCEEDED')
      await dialogOf(page).getByText('The job has ended').waitFor()
      expect(await page.getByRole('button', { name: 'Abort gracefully' }).count()).toBe(0)
      // Chromium itself tells of a dry run that came too late.
      for (const complaint of complaints()) expect(complaint).toContain('409')
    })

    test('that is under way is made a forced one from the banner', async () => {
      const { client, open, running } = known()
      const id = await running('never', { never: HELD })
      await client.abort(id, { mode: 'graceful', reason: 'first' })
      const page = await open(`#/jobs/${id}`)
      await page.getByText('Draining: waits for never').waitFor()
      await page.getByRole('button', { name: 'Force instead' }).click()
      await fillIn(page, 'Force', id)
      await page.getByRole('button', { name: 'Abort by force' }).click()
      const { abort_request } = await ended(client, id)
      expect(abort_request).toMatchObject({ mode: 'force', escalations: [{ mode: 'force' }] })
    })
  })
}
