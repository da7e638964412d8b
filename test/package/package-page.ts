import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { createClient } from '#client/client.ts'
import { until } from '#test/scenarios/poll.ts'
import { blocksOf, pageOf } from '../docs/pages.ts'
import { type Installed, PEERS, type Running } from './installed.ts'
import { tarballs } from './tarballs.ts'

const page = pageOf('package.md')
const [install = '', bundle = ''] = blocksOf(page, 'sh')
const [entry = '', bundled = '', sequence = '', consumer = ''] = blocksOf(page, 'ts')
const [init = '', ...installs] = install.trim().split('\n')

/** How docs/package.md begins a project. */
export const INIT = init

const REFUSED = `
import type { Steps } from 'standdown/cdk'
// @ts-expect-error what render answers is not what load takes
export const refused = (steps: Steps) => steps.sequence(rendering, loading)
`

/** Adds the jobs that docs/package.md shows to the app that `standdown init` wrote, and its consumer of events. */
export function writePackagePage({ folder, shell }: Installed): void {
  shell(bundle)
  const app = readFileSync(join(folder, 'app.ts'), 'utf8')
  expect(app).toContain(entry)
  const more = app.replace('app.synth()', `${bundled}${sequence}app.synth()`)
  writeFileSync(join(folder, 'more-jobs.ts'), more + REFUSED)
  writeFileSync(join(folder, 'on-event.ts'), consumer)
}

/** docs/package.md, where the app of `writePackagePage` runs. */
export function packagePage(theirs: () => Installed, running: () => Running): void {
  const client = () => createClient({ endpoint: running().apiUrl })
  const ended = (id: string): Promise<boolean> =>
    until('the end of the job', async () => (await client().job(id)).ended_at !== null)

  test('docs/package.md installs what is packed', async () => {
    const { standdown, local } = await tarballs()
    const named = installs.flatMap((line) => line.split(' ').slice(2)).filter((word) => !/^--/.test(word))
    expect(named).toEqual([`./${basename(standdown)}`, ...PEERS, `./${basename(local)}`])
  })

  test('a step in a function that its author has bundled is aborted gracefully, and a consumer is told', async () => {
    const { job_execution_id: id } = await client().execute({ template: 'bundled-count', input: { to: 600 } })
    await until('its second number', async () => ((await client().job(id)).progress?.done ?? 0) > 1)
    await client().abort(id, { mode: 'graceful', reason: 'far enough' })
    await ended(id)
    expect(await client().job(id)).toMatchObject({
      state: 'CANCELLED',
      abort_request: { mode: 'graceful' },
      steps: [{ name: 'count', state: 'CANCELLED', cleaned_up: true }],
    })
    await until('the last notification', async () => (await consumed(id)).includes(`${id} is cancelled`))
    expect(await consumed(id)).toBe(`${id} is cancelled\n`)
  }, 120_000)

  /** What the consumer says of all notifications of a job. */
  async function consumed(id: string): Promise<string> {
    const { items } = await client().events(id)
    const told = items.map((detail) => ({ source: 'standdown', 'detail-type': detail.event_type, detail }))
    const program = `import { handler } from './on-event.ts'
      for (const event of JSON.parse(process.argv[1])) await handler(event)`
    return theirs().run('node', '--input-type=module', '-e', program, JSON.stringify(told))
  }

  test('a sequence hands on what each step answers', async () => {
    const { job_execution_id: id } = await client().execute({ template: 'invoices', input: { month: 'May' } })
    await ended(id)
    const { items } = await client().stepValues(id)
    expect(items.map(({ result }) => result)).toEqual([{ invoices: ['May 1', 'May 2'] }, { pages: 2 }])
  }, 60_000)
}
