import { expect, test } from 'vitest'
import { checkTargetArn } from '#local/runtime/targets.ts'

const arn = (service: string, path: string): string => `arn:aws:${service}:us-east-1:000000000000:${path}`

test.each([arn('kinesis', 'stream/x'), arn('sqs', 'queue'), arn('states', 'stateMachine:stop')])(
  'the target %s does not run here, and is refused at the start with its rule',
  (other) => {
    const check = () => checkTargetArn('Ended', { id: 'Target0', arn: other })
    expect(check).toThrow(/rule Ended: target Target0 .*does not run here/)
  },
)
