import tab from '@bomb.sh/tab/commander'
import { globalOptions, type Run, Verb } from './command.ts'
import { abort } from './commands/abort.ts'
import { actionPlan } from './commands/actionplan.ts'
import { cleanUp } from './commands/clean-up.ts'
import { consolePage } from './commands/console.ts'
import { deploy, destroy } from './commands/deploy.ts'
import { dev } from './commands/dev.ts'
import { doctor } from './commands/doctor.ts'
import { events } from './commands/events.ts'
import { init } from './commands/init.ts'
import { logs } from './commands/logs.ts'
import { nodes } from './commands/nodes.ts'
import { plan } from './commands/plan.ts'
import { prune } from './commands/prune.ts'
import { ps } from './commands/ps.ts'
import { show } from './commands/show.ts'
import { start } from './commands/start.ts'
import { templates } from './commands/templates.ts'
import { watch } from './commands/watch.ts'

type Maker = (run: Run) => Verb

const GROUPS: Record<string, Maker[]> = {
  'Jobs:': [start, ps, show, watch, events, logs, templates],
  'Abort:': [plan, abort, cleanUp],
  'OpenStack:': [nodes, actionPlan],
  'Installation:': [init, dev, consolePage, deploy, destroy, prune, doctor],
}

/** All commands. Errors are thrown, usage included: whoever runs the program says how it ends. */
export function programOf(run: Run): Verb {
  const program = new Verb('standdown', run)
  const { stdout, stderr } = run.process
  program
    .description('Stops long-running AWS Step Functions jobs cleanly.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHelpWidth: () => stdout.columns || 100,
      outputError: () => undefined,
    })
    .configureHelp({ showGlobalOptions: true })
  for (const option of globalOptions()) program.addOption(option)
  for (const [title, makers] of Object.entries(GROUPS)) {
    program.commandsGroup(title)
    for (const make of makers) program.addCommand(inheriting(make(run), program))
  }
  program.examples(
    'npm start    # in another terminal: the whole stack on this machine',
    'standdown start object-migration -i source.bucket=photos -i destination.bucket=photos-archive',
    'standdown plan @last',
    'standdown abort @last --reason "wrong bucket" --wait',
  )
  tab(program, { completionCommandName: 'completion' })
  return program
}

/** Commander hands its settings down only to commands that it makes itself. */
function inheriting(verb: Verb, from: Verb): Verb {
  verb.copyInheritedSettings(from)
  for (const below of verb.commands) inheriting(below as Verb, verb)
  return verb
}
