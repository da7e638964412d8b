/**
 * What a reducer makes of an item and an event. `same` means that the event already took place (a repeat,
 * or a write whose reply was lost), `refused` that it must not: neither writes anything.
 */
export type Outcome<Item, Reason extends string = string> =
  | { kind: 'write'; item: Item }
  | { kind: 'same'; item: Item }
  | { kind: 'refused'; reason: Reason; item: Item | undefined }

export const write = <Item>(item: Item): Outcome<Item, never> => ({ kind: 'write', item })
export const same = <Item>(item: Item): Outcome<Item, never> => ({ kind: 'same', item })
export const refused = <Item, Reason extends string>(
  reason: Reason,
  item: Item | undefined,
): Outcome<Item, Reason> => ({ kind: 'refused', reason, item })
