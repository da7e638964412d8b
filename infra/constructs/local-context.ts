import type { Construct } from 'constructs'

/** Context: the app is synthesized to be run on one machine, where only some services of AWS are. */
export const LOCAL_CONTEXT = 'standdown:local'

export const isLocal = (scope: Construct): boolean => scope.node.tryGetContext(LOCAL_CONTEXT) === true
