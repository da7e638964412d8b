import { describe, expect, test } from 'vitest'
import { until } from '../scenarios/poll.ts'
import { type Console, ended, HELD } from './open-console.ts'

const REFUSED = 'Failed to load resource: the server responded with a status of 400 (Bad Request)'

export function pageScenarios(known: () => Console): void {
  describe('the start form of a template', () => {
    test('puts what is wrong at its field, and goes there; mended, it starts the job', async () => {
      const { client, complaints, open } = known()
      const page = await open('#/templates')
      await page.getByRole('link', { name: 'object-migration' }).click()
      await page.getByText('Where it can be aborted').waitFor()
      await page.getByRole('button', { name: 'Start a job' }).click()
      const [source, destination] = [page.getByLabel('Bucket').first(), page.getByLabel('Bucket').last()]
      await source.fill('no-such-source')
      await page.getByRole('button', { name: 'Start the job' }).click()
      await page.getByText('is missing').waitFor()
      await until('the field to be gone to', () =>
        destination.evaluate((it) => it === document.activeElement),
      )
      expect(complaints()).toEqual([REFUSED])
      await destination.fill('no-such-destination')
      await page.getByLabel('Concurrency').fill('3')
      await page.getByRole('button', { name: 'Start the job' }).click()
      await page.waitForURL(/#\/jobs\/.+/)
      const id = page.url().split('#/jobs/')[1] ?? ''
      expect((await ended(client, id)).input).toEqual({
        source: { bucket: 'no-such-source' },
        destination: { bucket: 'no-such-destination' },
        concurrency: 3,
      })
    })
  })

  describe('the nodes', () => {
    test('are told to change their power, and a change that still waits is aborted', async () => {
      const { client, open } = known()
      const name = `console-${crypto.randomUUID().slice(0, 8)}`
      const driver_info = { fake_soft_power_off_delay: 120 }
      await client.nodes.create({ driver: 'fake-hardware', name, driver_info })
      const page = await open('#/nodes')
      const row = page.getByRole('row').filter({ hasText: name })
      const choose = async (target: string): Promise<void> => {
        await row.getByRole('button', { name: `Change the power of ${name}` }).click()
        await page.getByRole('menuitem', { name: target, exact: true }).click()
      }
      const confirm = (target: string) =>
        page.getByRole('dialog').getByRole('button', { name: target }).click()
      await choose('Power on')
      await page.getByRole('dialog').getByText('The machine itself is told').waitFor()
      await confirm('Power on')
      await row.getByText('On', { exact: true }).waitFor()
      await choose('Soft power off')
      await confirm('Soft power off')
      await row.getByText('To soft power off').waitFor()
      const job = row.getByRole('link', { name: /^Job / })
      await job.waitFor()
      const href = (await job.getAttribute('href')) ?? ''
      await choose('Abort soft power off')
      expect((await ended(client, href.replace('#/jobs/', ''))).state).toBe('CANCELLED')
      // The next look at the machine, once a minute, puts its real power in the place of the error, and keeps why.
      await row.getByText(/^(Error|On)$/).waitFor()
      await row.getByText('soft power off aborted by').waitFor()
    }, 120_000)
  })

  describe('the action plans', () => {
    test('are started and cancelled, and lead to their jobs', async () => {
      const { client, open } = known()
      const name = `console-${crypto.randomUUID().slice(0, 8)}`
      const actions = [{ action_type: 'sleep', input_parameters: { duration: 300 } }]
      const { uuid } = await client.actionPlans.create({ name, actions })
      const page = await open('#/action-plans')
      const row = page.getByRole('row').filter({ hasText: name })
      await row.getByText('Recommended').waitFor()
      await row.getByRole('button', { name: `Start ${name}` }).click()
      await row.getByText('Ongoing').waitFor()
      await row.getByRole('link', { name: /^Job / }).waitFor()
      await row.getByRole('button', { name: `Cancel ${name}` }).click()
      await row.getByText('Cancelled').waitFor()
      expect((await client.actionPlans.get(uuid)).state).toBe('CANCELLED')
    })
  })

  describe('the notifications', () => {
    test('arrive while one looks, and are filtered by a type that stays in the address', async () => {
      const { client, open, running } = known()
      const page = await open('#/notifications')
      const id = await running('chain', { first: HELD })
      const told = page.getByRole('link', { name: `Job ${id}` })
      await told.first().waitFor()
      await client.abort(id, { mode: 'force' })
      await page.getByText('job.cancel.end').first().waitFor()
      await page.getByRole('button', { name: 'Type of the notifications' }).click()
      await page.getByRole('option', { name: 'job.execution.start' }).click()
      await page.getByText('job.cancel.end').first().waitFor({ state: 'detached' })
      expect(page.url()).toContain('type=job.execution.start')
      await page.reload()
      await told.first().waitFor()
      expect(await told.count()).toBe(1)
    })

    test.each(['job.cleanup.error', 'action_plan.execution.start'])(
      'of the type %s have a pattern and a sample to copy',
      async (type) => {
        const page = await known().open(`#/notifications?tab=types&type=${type}`)
        await page.getByRole('button', { name: type, expanded: false }).last().click()
        await page.getByText(`"detail-type"`).waitFor()
        await page.getByText(`"event_type": "${type}"`).waitFor()
        for (const what of ['pattern', 'sample'])
          expect(
            await page.getByRole('button', { name: new RegExp(`Copy .*${what} of ${type}`) }).count(),
          ).toBe(1)
      },
    )
  })

  test("the API's description is drawn without asking anybody else, and asks for no key", async () => {
    const { apiUrl, open } = known()
    const page = await open('')
    const hosts = new Set<string>()
    page.on('request', (request) => void hosts.add(new URL(request.url()).host))
    await page.evaluate(() => location.assign('#/api'))
    await page.getByText('/execute-job').first().waitFor()
    expect(hosts).toEqual(new Set([new URL(apiUrl).host]))
    expect(await page.getByRole('button', { name: 'Authorize' }).isVisible()).toBe(false)
  })

  test('the keys go from job to job, open one, and are listed', async () => {
    const { client, open, running } = known()
    const id = await running('chain', { first: HELD })
    const page = await open('#/jobs?state=ONGOING')
    const link = page.getByRole('link', { name: `Job ${id}` })
    await link.waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('Next job').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    expect(await link.evaluate((it) => it === document.activeElement)).toBe(true)
    await page.keyboard.press('Enter')
    await page.getByRole('tab', { name: 'Timeline' }).waitFor()
    expect(page.url()).toContain(`#/jobs/${id}`)
    await client.abort(id, { mode: 'force' })
  })
}
