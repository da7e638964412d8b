/**
 * The layout of the items that this version writes. Items without one are of layout 1: they lack the fields
 * below, and are read as if nothing had been said.
 */
export const LAYOUT = 2
