import { contrailExecuteJob } from '../doors/contrail/execute-job.ts'
import { httpFunction } from '../middleware/http.ts'

export const handler = httpFunction('ExecuteJob', [contrailExecuteJob])
