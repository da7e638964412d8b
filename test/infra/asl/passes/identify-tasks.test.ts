import { identifyTasks } from '#infra/asl/passes/identify-tasks.ts'
import { plain, testPass } from './pass-rows.ts'

const IDENTITY = {
  template: 'report',
  'job_execution_id.$': '$$.Execution.Name',
  'execution_arn.$': '$$.Execution.Id',
  'execution_started_at.$': '$$.Execution.StartTime',
}

testPass(identifyTasks, [
  {
    title: 'steps and the commit are told their template and execution, other tasks nothing',
    given: {
      StartAt: 'Call',
      States: {
        Call: plain({ Next: 'write' }),
        write: {
          Type: 'Task',
          Parameters: { standdown: { step: 'write', abortable: 'boundary', order: 1 }, 'input.$': '$.part' },
          Next: 'Standdown commit',
        },
        'Standdown commit': { Type: 'Task', Parameters: { standdown: {} }, End: true },
      },
    },
    expected: {
      StartAt: 'Call',
      States: {
        Call: plain({ Next: 'write' }),
        write: {
          Type: 'Task',
          Parameters: {
            standdown: { step: 'write', abortable: 'boundary', order: 1, ...IDENTITY },
            'input.$': '$.part',
          },
          Next: 'Standdown commit',
        },
        'Standdown commit': { Type: 'Task', Parameters: { standdown: IDENTITY }, End: true },
      },
    },
  },
])
