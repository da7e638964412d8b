/**
 * The layout of the items that this version writes. Items without one are of layout 1: they lack the fields
 * below, and are read as if nothing had been said; and their values are DynamoDB's maps and lists, not texts.
 */
export const LAYOUT = 2
