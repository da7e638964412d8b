import * as z from 'zod'

export const link = z.strictObject({ rel: z.enum(['self', 'bookmark']), href: z.string() })

/** As OpenStack writes a time: `2026-11-26T10:00:00+00:00`. */
export const openStackTimeText = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
