import type { CommandPlugin } from '@aws-sdk/client-ssm'

/** GetCommandInvocation gives so many characters, from the beginning. */
const GIVEN_STDOUT = 24_000
const GIVEN_STDERR = 8_000

/** The steps of a document are its plugins: of several, and only then, GetCommandInvocation has to be told which one. */
export function shownPlugin(plugins: CommandPlugin[]): CommandPlugin | undefined {
  if (plugins.length < 2) return undefined
  return plugins.find(({ Status }) => Status === 'Failed' || Status === 'TimedOut') ?? plugins.at(-1)
}

type Given = { StandardOutputContent?: string | undefined; StandardErrorContent?: string | undefined }

export const isCutByService = ({ StandardOutputContent = '', StandardErrorContent = '' }: Given): boolean =>
  StandardOutputContent.length >= GIVEN_STDOUT || StandardErrorContent.length >= GIVEN_STDERR
