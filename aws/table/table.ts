import { dynamodb } from '../clients.ts'
import { env } from '../env.ts'
import type { TableAccess } from './records.ts'

/** The table of the deployed function, from its environment. */
export const deployedTable = (): TableAccess => ({
  client: dynamodb(),
  tableName: env.tableName(),
  retentionDays: env.retentionDays(),
})
