/**
 * An execution's history holds 25,000 events and then ends it, https://docs.aws.amazon.com/step-functions/latest/dg/limits-overview.html.
 * A retry of a Lambda function takes three of them, a Map's item of one task seven.
 */
export const HISTORY_EVENTS = 25_000
export const EVENTS_A_RETRY = 3
export const EVENTS_AN_ITEM = 7

/** How often the stand-down tries a hook again, at most, for each reason. */
export const HOOK_RETRIES = { busy: 40, outOfTime: 100, notInvoked: 100, failed: 9 } as const

/** One hook that needs every one of them, and the state that keeps its error. */
const MOST_A_HOOK =
  EVENTS_AN_ITEM + 2 + EVENTS_A_RETRY * Object.values(HOOK_RETRIES).reduce((sum, tries) => sum + tries, 0)

/** The tasks around the hooks: a look of the drain with its pause, a round, and what is kept for the rest and its retries. */
const EVENTS_A_LOOK = 9
const EVENTS_A_ROUND = 11
const KEPT = 1_500

/** More would be too much for the state machine's data; fewer are not worth a round. */
const MOST_A_ROUND = 30
const FEWEST_A_ROUND = 10

/** What became of a hook, as far as its events go: `retries` where it went well, how often it was tried again. */
export type HookEvents = { error?: unknown; outcome?: { retries: number } }

export const afterLook = (events: number): number => events + EVENTS_A_LOOK

/** How often a hook that failed was tried again nobody says: it counts as if for every reason. */
export const afterRound = (events: number, hooks: readonly HookEvents[]): number =>
  hooks.reduce((sum, hook) => sum + eventsOf(hook), events + EVENTS_A_ROUND)

const eventsOf = ({ error, outcome }: HookEvents): number =>
  error ? MOST_A_HOOK : EVENTS_AN_ITEM + EVENTS_A_RETRY * (outcome?.retries ?? 0)

/**
 * How many hooks the next round may have, so that the history holds them even if each takes the most that a hook can;
 * none where the next generation has to go on.
 */
export function hooksThatFit(events: number): number {
  const fit = Math.floor((HISTORY_EVENTS - KEPT - events) / MOST_A_HOOK)
  return fit < FEWEST_A_ROUND ? 0 : Math.min(MOST_A_ROUND, fit)
}
