import type { Account, StepFunction } from './account.ts'
import type { Uses } from './uses.ts'

/** `name`: of a version and a state machine its ARN. */
export type Doomed = { kind: 'state machine' | 'function' | 'version' | 'role' | 'log group'; name: string }
/** The stack does not have it any more, and something still needs it. */
export type Kept = Doomed & { why: string }
/** `doomed` in an order in which it can be deleted, and after which a prune that was cut off finds the rest. */
export type Plan = { doomed: Doomed[]; kept: Kept[] }

type Part = Doomed & { arns: string[]; role: string; logGroup: string | null }

/** What the stack does not have any more and nothing names goes, with what belongs to it alone. */
export function planOf({ owned, functions, machines }: Account, uses: Uses): Plan {
  const parts: Part[] = [
    ...machines.map((machine) => ({
      ...machine,
      kind: 'state machine' as const,
      name: machine.arn,
      arns: [machine.arn],
    })),
    ...functions.map((fn) => ({ ...fn, kind: 'function' as const, arns: [fn.arn, ...fn.versions] })),
  ]
  const whoNeeds = ({ arns }: Part): string | undefined =>
    arns.map((arn) => uses.get(arn)).find((who) => who !== undefined)
  const left = parts.filter(({ name }) => !owned.has(name))
  const gone = left.filter((part) => whoNeeds(part) === undefined)
  const staying = parts.filter((part) => !gone.includes(part))
  const isShared = (name: string): boolean =>
    owned.has(name) || staying.some(({ role, logGroup }) => role === name || logGroup === name)
  const versions = functions
    .filter((fn) => staying.some(({ name }) => name === fn.name))
    .flatMap((fn) => oldVersions(fn, owned))
    .filter((arn) => !uses.has(arn))
  const doomed: Doomed[] = [
    ...versions.map((name) => ({ kind: 'version' as const, name })),
    ...gone.flatMap((part) => [...belongingsOf(part).filter(({ name }) => !isShared(name)), namedOf(part)]),
  ]
  return {
    doomed: [...new Map(doomed.map((one) => [`${one.kind} ${one.name}`, one])).values()],
    kept: left
      .filter((part) => !gone.includes(part))
      .map((part) => ({ ...namedOf(part), why: whoNeeds(part) ?? '' })),
  }
}

const namedOf = ({ kind, name }: Part): Doomed => ({ kind, name })

/** The newest of a deployed function may be of a deployment that is under way. */
function oldVersions({ name, versions }: StepFunction, owned: Account['owned']): string[] {
  const older = owned.has(name) ? versions.slice(0, -1) : versions
  return older.filter((arn) => !owned.has(arn))
}

const belongingsOf = ({ role, logGroup }: Part): Doomed[] => [
  { kind: 'role', name: role },
  ...(logGroup === null ? [] : [{ kind: 'log group' as const, name: logGroup }]),
]
