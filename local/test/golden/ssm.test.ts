import { startSsm } from '../ssm/start.ts'
import { golden } from './golden.ts'
import { SSM } from './ssm.table.ts'

golden(SSM, async (use) => void (await use(startSsm())))
