import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { Job } from '#core/job/job.ts'
import { type JobEvent, nextJob } from '#core/job/reducer.ts'
import { applyEvent } from '#engine/apply.ts'
import type { JobOutcome, Jobs } from '#engine/ports.ts'
import { decode } from './codec.ts'
import { jobKey, marshalledKey } from './keys.ts'
import { getItem, recordAt, type TableAccess } from './records.ts'

export class TableJobs implements Jobs {
  private readonly table: TableAccess

  constructor(table: TableAccess) {
    this.table = table
  }

  get(jobId: string): Promise<Job | undefined> {
    return recordAt<Job>(this.table, jobKey(jobId)).read()
  }

  async glance(jobId: string): Promise<Job | undefined> {
    const item = await getItem(this.table, jobKey(jobId), { consistent: false })
    return item && decode<Job>(item)
  }

  apply(jobId: string, event: JobEvent, guess?: Job): Promise<JobOutcome> {
    return applyEvent(recordAt<Job>(this.table, jobKey(jobId)), (job) => nextJob(job, event), guess)
  }

  async retire(job: Job): Promise<void> {
    await this.table.client.send(
      new UpdateItemCommand({
        TableName: this.table.tableName,
        Key: marshalledKey(jobKey(job.job_execution_id)),
        UpdateExpression: 'REMOVE #active',
        ConditionExpression: '#version = :version',
        ExpressionAttributeNames: { '#active': 'active', '#version': 'version' },
        ExpressionAttributeValues: { ':version': { N: String(job.version) } },
      }),
    )
  }
}
