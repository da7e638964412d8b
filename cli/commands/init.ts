import { type Run, Verb } from '../command.ts'
import type { Context } from '../context.ts'
import { writeScaffold } from '../init/write-scaffold.ts'

export const init = (run: Run): Verb =>
  new Verb('init', run)
    .summary('write a job with one step and its test into this folder')
    .description(
      'Writes a CDK app with one job, its step and the test of the step into the folder of a package.json, which gets the scripts dev and test.',
    )
    .work<object, []>(async (context: Context) => {
      const files = writeScaffold(process.cwd())
      context.out.list(files, { head: ['FILE'], row: (file) => [file], id: (file) => file, empty: 'nothing' })
      context.say('npm test aborts the step everywhere; npm run dev runs the job on this machine')
    })
    .examples('npm init -y && standdown init') as Verb
