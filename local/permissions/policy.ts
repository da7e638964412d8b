import type { Json, JsonObject } from '#local/template/assembly.ts'
import { UNKNOWN } from '#local/template/intrinsics.ts'

/** `maybe`: it depends on what is not known here. */
export type Verdict = 'allowed' | 'denied' | 'maybe'

/** `resource`: null where it is not known, which any may then be. */
export type Permission = { action: string; resource: string | null }

/** Conditions whose value is known: everything is one account, and a request counts as encrypted. */
const KNOWN: Record<string, string> = {
  'aws:securetransport': 'true',
  'aws:resourceaccount': '000000000000',
  'aws:principalaccount': '000000000000',
  'aws:sourceaccount': '000000000000',
  'aws:requestedregion': 'us-east-1',
}

/**
 * As IAM evaluates statements: a Deny wins, and what no Allow names is denied.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(statements: readonly JsonObject[], permission: Permission): Verdict {
  const outcomes = statements.map((statement) => ({
    effect: statement.Effect,
    fit: fitOf(statement, permission),
  }))
  const has = (effect: string, fit: Fit): boolean =>
    outcomes.some((one) => one.effect === effect && one.fit === fit)
  // What is not known is asked of no Deny: its statement is there for others.
  if (has('Deny', 'yes') && permission.resource !== null) return 'denied'
  if (has('Allow', 'yes')) return 'allowed'
  return has('Allow', 'maybe') ? 'maybe' : 'denied'
}

type Fit = 'yes' | 'no' | 'maybe'

function fitOf(statement: JsonObject, { action, resource }: Permission): Fit {
  const fits = [
    listed(statement, { is: 'Action', not: 'NotAction' }, (pattern) =>
      matches(pattern.toLowerCase(), action.toLowerCase()),
    ),
    resource === null
      ? 'yes'
      : listed(statement, { is: 'Resource', not: 'NotResource' }, (pattern) => matches(pattern, resource)),
    conditionFit(statement.Condition),
  ]
  if (fits.includes('no')) return 'no'
  return fits.includes('maybe') ? 'maybe' : 'yes'
}

type Element = { is: string; not: string }

function listed(statement: JsonObject, { is, not }: Element, fits: (pattern: string) => boolean): Fit {
  const negated = statement[not] !== undefined
  const patterns = [statement[negated ? not : is] ?? []].flat().map(String)
  const found = patterns.some((pattern) => !pattern.includes(UNKNOWN) && fits(pattern))
  if (found) return negated ? 'no' : 'yes'
  if (patterns.some((pattern) => pattern.includes(UNKNOWN))) return 'maybe'
  return negated ? 'yes' : 'no'
}

function conditionFit(condition: Json | undefined): Fit {
  if (condition === undefined || condition === null) return 'yes'
  const tests = Object.entries(condition as JsonObject).flatMap(([operator, keys]) =>
    Object.entries((keys ?? {}) as JsonObject).map(([key, wanted]) => testFit(operator, key, wanted)),
  )
  if (tests.includes('no')) return 'no'
  return tests.includes('maybe') ? 'maybe' : 'yes'
}

function testFit(operator: string, key: string, wanted: Json): Fit {
  const known = KNOWN[key.toLowerCase()]
  if (known === undefined) return 'maybe'
  const values = [wanted].flat().map(String)
  if (/^(StringEquals|StringLike|Bool)$/.test(operator))
    return values.some((value) => matches(value, known)) ? 'yes' : 'no'
  if (/^StringNot(Equals|Like)$/.test(operator))
    return values.some((value) => matches(value, known)) ? 'no' : 'yes'
  return 'maybe'
}

/** `*` and `?` of IAM. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(text)
}
