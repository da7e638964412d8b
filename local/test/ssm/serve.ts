import { createSsm } from '#local/ssm/ssm.ts'

/** A process of its own that runs one script: arguments are the data folder and the script. Prints the command's id. */
const [dataDir = '', script = ''] = process.argv.slice(2)
const ssm = createSsm({ dataDir, awsUrl: '', runCommands: true, log: console.error })
const answer = await ssm.handle('SendCommand', {
  DocumentName: 'AWS-RunShellScript',
  Parameters: { commands: [script] },
  InstanceIds: ['i-leaf0001'],
})
console.log((answer as { Command: { CommandId: string } }).Command.CommandId)
setInterval(() => undefined, 1_000)
