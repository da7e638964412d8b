import { styleText } from 'node:util'
import type { State } from '#core/states.ts'
import type { Output, Process } from '../process.ts'

type Color = Parameters<typeof styleText>[0]
export type Paint = (color: Color, text: string) => string

/** Colours for a terminal that wants them: none in a pipe, and none under NO_COLOR. */
export function paintFor(output: Output, env: Process['env']): Paint {
  const wanted = Boolean(output.isTTY) && !env.NO_COLOR && env.TERM !== 'dumb'
  return (color, text) => (wanted ? styleText(color, text, { validateStream: false }) : text)
}

type Look = { icon: string; color: Color }

const LOOKS: Record<State | 'RECOMMENDED', Look> = {
  RECOMMENDED: { icon: '○', color: 'dim' },
  PENDING: { icon: '○', color: 'dim' },
  ONGOING: { icon: '●', color: 'blue' },
  CANCELLING: { icon: '◐', color: 'yellow' },
  CANCELLED: { icon: '⊘', color: 'magenta' },
  SUCCEEDED: { icon: '✔', color: 'green' },
  FAILED: { icon: '✖', color: 'red' },
}

/** An icon and the word: no state is told by its colour alone. */
export const stateText = (state: keyof typeof LOOKS, paint: Paint): string =>
  paint(LOOKS[state].color, `${LOOKS[state].icon} ${state}`)
