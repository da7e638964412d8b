import * as z from 'zod'

/** Seconds. The step that waits for the answer lives for 900, some of which it may have waited for a free Lambda. */
export const LONGEST_CALL = 600

const functionName = z
  .string()
  .regex(
    /^[\w-]{1,64}(:[\w$-]{1,128})?$/,
    'is no name of a function: give one as acme-move, or acme-move:live',
  )

const parameters = z.strictObject({
  function_name: functionName,
  payload: z
    .record(z.string(), z.json())
    .refine((payload) => !('standdown' in payload), 'has standdown, which says who calls: choose another key')
    .optional(),
  timeout: z.int().min(1).max(LONGEST_CALL).optional(),
  /** The phases that the function itself knows, beside run. */
  handles: z
    .array(z.enum(['abort', 'revert']))
    .max(2)
    .optional(),
  abort_function: functionName.optional(),
  revert_function: functionName.optional(),
})

const namedTwice = (phase: 'abort' | 'revert') => ({
  path: ['handles'],
  error: `has ${phase}, and ${phase}_function is given: one of them says who handles it`,
})

export const lambdaParameters = parameters
  .refine((given) => !(given.abort_function && given.handles?.includes('abort')), namedTwice('abort'))
  .refine((given) => !(given.revert_function && given.handles?.includes('revert')), namedTwice('revert'))

export type LambdaParameters = z.infer<typeof lambdaParameters>

/** Which function is called in each phase; null where none is. */
export function functionOf(given: LambdaParameters, phase: 'run' | 'abort' | 'revert'): string | null {
  if (phase === 'run') return given.function_name
  return given[`${phase}_function`] ?? (given.handles?.includes(phase) ? given.function_name : null)
}

/** Every function that the action may call, and where its name is given. */
export const functionsOf = (given: LambdaParameters): { path: string; name: string }[] =>
  (['function_name', 'abort_function', 'revert_function'] as const).flatMap((path) => {
    const name = given[path]
    return name === undefined ? [] : [{ path, name }]
  })
