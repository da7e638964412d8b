import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { AwsError, type AwsJsonService } from '#local/types.ts'
import type { Ledger } from './ledger.ts'

const OF_FUNCTION = '/aws/lambda/'

/** The local CloudWatch Logs: the log groups of the stacks; that of a function goes with its file. */
export function createLogGroups(ledger: Ledger, logDir: string): AwsJsonService {
  return async (operation, { logGroupName = '', logGroupNamePrefix = '' }) => {
    const groups = ledger.ofType('AWS::Logs::LogGroup')
    if (operation === 'DescribeLogGroups') {
      const found = groups.filter(({ name }) => name.startsWith(String(logGroupNamePrefix)))
      return { logGroups: found.map(({ name, arn }) => ({ logGroupName: name, arn })) }
    }
    if (operation !== 'DeleteLogGroup') {
      throw new AwsError('UnknownOperationException', `the operation ${operation} is not known here`)
    }
    const group = groups.find(({ name }) => name === logGroupName)
    if (!group) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.')
    ledger.delete(group)
    const fn = group.name.startsWith(OF_FUNCTION) ? group.name.slice(OF_FUNCTION.length) : ''
    if (/^[\w-]+$/.test(fn))
      for (const end of ['.log', '.log.1']) rmSync(join(logDir, fn + end), { force: true })
    return {}
  }
}
