/** `abort` frees what an interrupted run left behind, `revert` undoes a finished one. */
export const HOOKS = ['abort', 'revert'] as const
export type Hook = (typeof HOOKS)[number]
