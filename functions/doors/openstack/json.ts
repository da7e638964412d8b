import * as z from 'zod'

/** What no door looks into, and only keeps. */
export const json = z.json()
