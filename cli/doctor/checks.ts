import { access, constants } from 'node:fs/promises'
import { isLoopback } from '../connect/target.ts'
import type { Context } from '../context.ts'
import { failureOf } from '../exit.ts'

export type Finding = { check: string; result: 'ok' | 'note' | 'bad'; found: string; hint: string | null }

/** A signature is refused when the clocks differ by more than five minutes. */
const MOST_SKEW_MS = 60_000

const ok = (check: string, found: string): Finding => ({ check, result: 'ok', found, hint: null })

/** One after another, as each needs what the one before found. */
export async function* checks(context: Context): AsyncGenerator<Finding, void> {
  yield ok('node', `${process.version} on ${process.platform} ${process.arch}`)
  const { target } = context
  if (target.kind === 'local') yield* dataFolder(target.dataDir)
  if (target.kind === 'stack') yield ok('stack', target.stack)
  try {
    const { apiUrl, fetch } = await context.connection()
    if (!isLoopback(apiUrl)) yield await credentials(apiUrl)
    const response = await fetch(`${apiUrl}/templates`, { headers: {} })
    yield clock(response)
    yield* await api(context, apiUrl)
  } catch (error) {
    yield bad('api', error, `standdown cannot reach it`)
  }
}

function bad(check: string, error: unknown, otherwise: string): Finding {
  const { message, hint } = failureOf(error)
  const isLost = error instanceof TypeError
  return { check, result: 'bad', found: isLost ? otherwise : message, hint: hint ?? (isLost ? START : null) }
}

const START = 'start it with npm start, or name another one with --api-url or --stack'

async function* dataFolder(folder: string): AsyncGenerator<Finding, void> {
  const isThere = await access(folder, constants.R_OK | constants.W_OK).then(
    () => true,
    (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : false),
  )
  if (isThere) yield ok('data folder', folder)
  else if (isThere === undefined) {
    yield {
      check: 'data folder',
      result: 'note',
      found: `${folder} is not there yet`,
      hint: 'npm start makes it',
    }
  } else
    yield { check: 'data folder', result: 'bad', found: `${folder} is closed to you`, hint: 'see its owner' }
}

async function credentials(apiUrl: string): Promise<Finding> {
  try {
    const { usualSigning } = await import('../connect/aws.ts')
    const signing = await usualSigning(apiUrl)
    const given =
      typeof signing.credentials === 'function' ? await signing.credentials() : signing.credentials
    return ok('credentials', `${given.accessKeyId.slice(0, 4)}... in ${signing.region}`)
  } catch (error) {
    const hint = 'log in (aws sso login), or name a profile with AWS_PROFILE'
    return { ...bad('credentials', error, 'there are none'), hint }
  }
}

function clock(response: Response): Finding {
  const told = Date.parse(response.headers.get('date') ?? '')
  if (Number.isNaN(told))
    return { check: 'clock', result: 'note', found: 'the API tells no time', hint: null }
  const skew = Math.abs(Date.now() - told)
  if (skew <= MOST_SKEW_MS) return ok('clock', 'agrees with the API')
  const found = `differs from the API's by ${Math.round(skew / 1_000)} s`
  return { check: 'clock', result: 'bad', found, hint: 'set it: a signature is good for five minutes' }
}

async function* api(context: Context, apiUrl: string): AsyncGenerator<Finding, void> {
  try {
    const { items } = await (await context.client()).templates()
    yield ok('api', apiUrl)
    yield ok('templates', items.map(({ name }) => name).join(', '))
  } catch (error) {
    yield bad('api', error, `something else answers at ${apiUrl}`)
  }
}
