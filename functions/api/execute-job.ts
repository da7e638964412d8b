import { contrailExecuteJob } from '../doors/contrail/execute-job.ts'
import { gelatoStartJob } from '../doors/gelato/start-job.ts'
import { httpFunction } from '../middleware/http.ts'

export const handler = httpFunction('ExecuteJob', [contrailExecuteJob, gelatoStartJob])
