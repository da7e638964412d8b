import { openStreamKit, type StreamKit } from '../dynamodb/stream-kit.ts'
import { DYNAMODB } from './dynamodb.table.ts'
import { golden } from './golden.ts'

golden(DYNAMODB, async (use: (kit: StreamKit) => unknown) => {
  const kit = await openStreamKit()
  try {
    await use(kit)
  } finally {
    await kit.close()
  }
})
