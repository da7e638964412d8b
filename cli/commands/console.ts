import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Run, Verb } from '../command.ts'
import { PAGE_FOLDER } from '../console/page.ts'
import { serveConsole } from '../console/serve.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'

type Options = { port: number }

export const consolePage = (run: Run): Verb =>
  new Verb('console', run)
    .summary('serve the web console for an API on AWS')
    .description(
      'Serves the web console on this machine, and hands its requests on to the API, signed with your AWS credentials: none of them reaches the browser.',
    )
    .option('-p, --port <number>', 'where it listens; 0 picks a free port', port, 4100)
    .work<Options, []>(serve)
    .examples('standdown console --stack Standdown', 'standdown console --port 0') as Verb

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new CliError(`'${text}' is no port`, { code: EXIT.usage, hint: 'give one from 0 to 65535' })
}

async function serve(context: Context, options: Options): Promise<void> {
  if (!existsSync(join(PAGE_FOLDER, 'index.html'))) {
    throw new CliError('the page is not built yet', { hint: 'npm run setup builds it' })
  }
  const { apiUrl, fetch } = await context.connection()
  const server = await serveConsole({ port: options.port, folder: PAGE_FOLDER, apiUrl, fetch })
  context.out.one(server.url, { text: (url) => url, id: (url) => url })
  context.say(`the console of ${apiUrl}; Ctrl-C ends it`)
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve())
  })
  await server.close()
}
