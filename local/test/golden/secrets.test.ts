import { join } from 'node:path'
import { temporaryFolder } from '../fixtures/assembly.ts'
import { golden } from './golden.ts'
import { SECRETS } from './secrets.table.ts'

golden(SECRETS, async (use) => void (await use({ file: join(temporaryFolder(), 'data', 'secrets.json') })))
