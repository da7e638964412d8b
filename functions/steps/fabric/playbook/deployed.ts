import { systemClock } from '../command/pace.ts'
import { SsmCommands } from '../command/ssm-commands.ts'
import type { Surroundings } from './send.ts'

let deployed: Surroundings | undefined

/** Of a deployed function; one client per warm environment. */
export function deployedSurroundings(): Surroundings {
  deployed ??= { commands: new SsmCommands(), clock: systemClock }
  return deployed
}
