import * as z from 'zod'

/** By their names in the tables of the doors. */
export const PATH_PARAMETERS: Record<string, z.ZodString> = {
  id: z.string().describe('The job: the name of its execution, percent-encoded'),
  name: z.string().describe('The name of the template or driver'),
  tenantId: z.string().describe('The tenant'),
  ident: z.string().describe('The UUID or the name of the node'),
  uuid: z.string().describe('The UUID of the plan or action'),
}
