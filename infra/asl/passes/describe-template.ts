import type { Pass } from '../pass.ts'

/** Writes into the Comment what of the template no state shows: whoever reads the machine finds it there. */
export const describeTemplate: Pass = (definition, { template }) => ({
  ...definition,
  Comment: JSON.stringify({ standdown: template }),
})
