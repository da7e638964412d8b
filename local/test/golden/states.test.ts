import { describe } from 'vitest'
import { createRig, type Rig } from '../states/rig.ts'
import { golden } from './golden.ts'
import { STATES_DATA } from './states-data.table.ts'
import { STATES_ERRORS } from './states-errors.table.ts'
import { STATES_EXECUTIONS } from './states-executions.table.ts'
import { STATES_TOKENS } from './states-tokens.table.ts'

async function withRig(use: (rig: Rig) => unknown): Promise<void> {
  const rig = createRig()
  try {
    await use(rig)
  } finally {
    await rig.close()
  }
}

describe('data', () => golden(STATES_DATA, withRig))
describe('errors', () => golden(STATES_ERRORS, withRig))
describe('executions', () => golden(STATES_EXECUTIONS, withRig))
describe('task tokens', () => golden(STATES_TOKENS, withRig))
