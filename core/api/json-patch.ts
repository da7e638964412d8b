import * as z from 'zod'

const pointer = z.string().regex(/^(\/([^~/]|~[01])*)*$/, 'must be a JSON pointer')
const present = z.unknown().refine((value) => value !== undefined, 'is missing')

/** RFC 6902, without `move`, `copy` and `test`, which no door takes. Properties that it does not know are left out. */
export const jsonPatch = z
  .array(
    z.discriminatedUnion('op', [
      z.object({ op: z.literal('add'), path: pointer, value: present }),
      z.object({ op: z.literal('replace'), path: pointer, value: present }),
      z.object({ op: z.literal('remove'), path: pointer }),
    ]),
  )
  .min(1)
