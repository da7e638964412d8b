import { STATES, type State } from '../states.ts'

/**
 * What one kind of change means: when it is notified, under which type, and with which data. Reducers count by
 * the rules, the notifier sends by them, and the filter of the table's stream is derived from them.
 */
export type Rule<Item, Type extends string, Data> = {
  type: Type
  /** The states after the change in which the rule may hold; the stream brings changes to no others. */
  states: readonly State[]
  /**
   * Sees both items whole, so it may hold where no state changes. There is none before the item's first write.
   * It must not look at `notified`, which rises by what it says.
   */
  when: (before: Item | undefined, after: Item) => boolean
  data: (after: Item) => Data
}

/** A rule that a change met. `position`: 1 for the first notification of the change, 2 for the next. */
export type Occurrence<Item, Type extends string, Data> = {
  type: Type
  data: Data
  before: Item | undefined
  after: Item
  position: number
}

/** Names a message: the same text gives the same id. */
export type MessageId = (text: string) => string

/** What is notified about one kind of item, and the envelope that it is sent in. */
export type Noun<Item, Type extends string, Data, Message> = {
  kind: 'job' | 'step'
  /** In the order in which a change that meets several of them is notified. */
  rules: readonly Rule<Item, Type, Data>[]
  envelope: (occurrence: Occurrence<Item, Type, Data>, messageId: MessageId) => Message
}

export type Change<Item> = { before: Item | undefined; after: Item }

const rulesMet = <Item extends { state: State }, Type extends string, Data>(
  rules: readonly Rule<Item, Type, Data>[],
  { before, after }: Change<Item>,
): Rule<Item, Type, Data>[] =>
  rules.filter((rule) => rule.states.includes(after.state) && rule.when(before, after))

/** Whether a change means anything at all. */
export const isNotified = <Item extends { state: State }>(
  rules: readonly Rule<Item, string, unknown>[],
  change: Change<Item>,
): boolean => rulesMet(rules, change).length > 0

/** The messages that a change means, in order: the same ones, ids included, however often it is computed. */
export const messagesOf = <Item extends { state: State }, Type extends string, Data, Message>(
  { rules, envelope }: Noun<Item, Type, Data, Message>,
  { before, after }: Change<Item>,
  messageId: MessageId,
): Message[] =>
  rulesMet(rules, { before, after }).map((rule, i) =>
    envelope({ type: rule.type, data: rule.data(after), before, after, position: i + 1 }, messageId),
  )

/** The item as it is written: `notified` rises by one for each rule that the change meets. */
export function counted<Item extends { state: State; notified: number }>(
  rules: readonly Rule<Item, string, unknown>[],
  { before, after }: Change<Item>,
): Item {
  const earlier = before?.notified ?? 0
  return { ...after, notified: earlier + rulesMet(rules, { before, after }).length }
}

/** The states of an item that can mean a notification: a change to any other need not be looked at. */
export const notifiedStates = (rules: readonly { states: readonly State[] }[]): State[] =>
  STATES.filter((state) => rules.some((rule) => rule.states.includes(state)))
