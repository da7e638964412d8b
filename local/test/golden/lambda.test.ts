import { golden } from './golden.ts'
import { LAMBDA } from './lambda.table.ts'

golden(LAMBDA, async (use) => void (await use(undefined)))
