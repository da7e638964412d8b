import type { Deployment } from './open-deployment.ts'

const PATIENCE_MS = 60_000

/** Whether this endpoint shows its buses, as the local runtime does. */
export const showsItsBuses = async ({ awsUrl }: Deployment): Promise<boolean> => {
  const answer = await fetch(`${awsUrl}/_events`).catch(() => undefined)
  await answer?.body?.cancel()
  return answer?.ok ?? false
}

/** The details on the bus from its first event on, then live; ends by itself after a minute. */
export async function* busDetails<Detail>({ awsUrl }: Pick<Deployment, 'awsUrl'>): AsyncGenerator<Detail> {
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const headers = { 'last-event-id': '0' }
  let text = ''
  try {
    const answer = await fetch(`${awsUrl}/_events?bus=standdown`, { headers, signal })
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      const lines = (text + chunk).split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) {
        if (line.startsWith('data: ')) yield (JSON.parse(line.slice(6)) as { detail: Detail }).detail
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
