import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page, Response } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { until } from '../scenarios/poll.ts'
import { type Console, ended, HELD } from './open-console.ts'

/** Each theme and each width; not each of each, which would look at the same twice. */
const LOOKS = [
  ['light', 360],
  ['light', 900],
  ['dark', 360],
  ['dark', 1_600],
] as const
const FIRST_VISIT_KB = 600
const IMAGE = join(import.meta.dirname, '../../docs/images/job-abort.png')

/** One branch stops at its safe point, the other one comes to none: there is somebody to be waited for. */
const DEAF = { held: true, ignores_signal: true }

/** What is not accessible. Cloudscape's own bar of a narrow window has an aria-orientation, which a nav may not have. */
async function violationsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).exclude('nav[aria-orientation]').analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}

export function lookScenarios(known: () => Console): void {
  describe('every page', () => {
    let aborted: string

    beforeAll(async () => {
      const { client, running } = known()
      aborted = await running('chain', { first: HELD })
      await client.abort(aborted, { mode: 'graceful', reason: 'to be looked at', rollback: true })
      await ended(client, aborted)
      await client.actionPlans.create({ actions: [{ action_type: 'nop' }] })
    }, 240_000)

    /** A job that waits for one of its branches, for a minute at most: then Lambda ends it. */
    const newDraining = async (): Promise<string> => {
      const { client, running } = known()
      const id = await running('parallel', { first: HELD }, { steps: { first: HELD, third: DEAF } })
      await until('the other branch to run', async () => {
        const { steps } = await client.job(id)
        return steps.some(({ name, state }) => name === 'third' && state === 'ONGOING')
      })
      await client.abort(id, { mode: 'graceful', reason: 'the destination is full' })
      return id
    }

    const pages = (draining: string): [address: string, shows: string][] => [
      [`#/jobs/${draining}?tab=timeline`, 'Force instead'],
      ['#/jobs', `Job ${aborted}`],
      [`#/jobs/${aborted}?tab=abort`, 'Cleaned up or undone'],
      ['#/templates', 'lab-chain'],
      ['#/templates/lab-parallel', 'Where it can be aborted'],
      ['#/templates/object-migration?start=yes', 'Start the job'],
      ['#/nodes', 'Change'],
      ['#/action-plans', 'Recommended'],
      ['#/notifications', `Job ${aborted}`],
      ['#/notifications?tab=types&type=action.execution.error', 'In Watcher'],
    ]

    test.each(LOOKS)(
      'in the %s theme at %i pixels is accessible, and no wider than the window',
      async (colorScheme, width) => {
        const page = await known().open('', { colorScheme, viewport: { width, height: 900 } })
        const found: string[] = []
        for (const [address, shows] of pages(await newDraining())) {
          await page.evaluate((hash) => location.assign(hash), address)
          const shown = page
            .getByText(shows)
            .or(page.getByRole('link', { name: shows }))
            .first()
          await shown.waitFor()
          for (const violation of await violationsOf(page)) found.push(`${address} ${violation}`)
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
          if (wide > 0) found.push(`${address} is ${wide} pixels too wide`)
        }
        expect(found).toEqual([])
      },
      180_000,
    )

    test.each([
      ['light', 360],
      ['dark', 1_280],
    ] as const)(
      'asks for an abort, of one job and of many, in the %s theme at %i pixels accessibly',
      async (colorScheme, width) => {
        const { client, open, running } = known()
        const ids = await Promise.all([running('chain', { first: HELD }), running('chain', { first: HELD })])
        const page = await open('#/jobs?state=ONGOING', { colorScheme, viewport: { width, height: 900 } })
        const found: string[] = []
        const look = async (foreseen: string): Promise<void> => {
          const dialog = page.getByRole('dialog')
          await dialog.getByText('The same from a terminal').click()
          for (const mode of ['Graceful', 'Force']) {
            await dialog.getByRole('radio', { name: mode }).check()
            await dialog.getByText(foreseen).first().waitFor()
            found.push(...(await violationsOf(page)))
          }
        }
        for (const id of ids) await page.getByRole('checkbox', { name: `Job ${id}` }).check()
        await page.keyboard.press('a')
        await look('will be cancelled')
        await page.evaluate((id) => location.assign(`#/jobs/${id}`), ids[0])
        await page.getByRole('button', { name: 'Abort', exact: true }).click()
        await look('never starts')
        expect(found).toEqual([])
        await Promise.all(ids.map((id) => client.abort(id, { mode: 'force' })))
      },
      120_000,
    )

    test('is drawn again in a theme that is chosen, also the next time', async () => {
      const page = await known().open('#/jobs')
      await page.getByRole('button', { name: 'Theme' }).click()
      await page.getByRole('menuitemcheckbox', { name: 'Dark' }).click()
      await page.locator('body.awsui-dark-mode').waitFor()
      await page.reload()
      await page.locator('body.awsui-dark-mode').waitFor()
    })

    test(`costs at most ${FIRST_VISIT_KB} KB at the first visit`, async () => {
      const { apiUrl, browser } = known()
      const page = await (await browser.newContext()).newPage()
      const responses: Response[] = []
      page.on('response', (response) => responses.push(response))
      await page.goto(`${apiUrl}/#/jobs`)
      await page.getByRole('link', { name: `Job ${aborted}` }).waitFor()
      // What answers later is not of the first visit; a redirect has no body that a browser keeps.
      const visit = responses.slice()
      const kept = visit.filter((response) => response.status() < 300)
      const bodies = await Promise.all(kept.map((response) => response.body()))
      const sizes = bodies.map((body) => brotliCompressSync(body).length)
      expect(new Set(visit.map((response) => new URL(response.url()).origin))).toEqual(new Set([apiUrl]))
      expect(sizes.reduce((sum, size) => sum + size, 0) / 1_000).toBeLessThan(FIRST_VISIT_KB)
    }, 120_000)

    test.runIf(process.env.STANDDOWN_SCREENSHOTS)('is in the README as it looks', async () => {
      const page = await known().open(`#/jobs/${await newDraining()}`, { deviceScaleFactor: 2 })
      await page.getByText('Draining').waitFor()
      await page
        .getByRole('region', { name: /The state machine/ })
        .getByText('third')
        .waitFor()
      await page.screenshot({ path: IMAGE })
    })
  })
}
