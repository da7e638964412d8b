import type { Principal } from '../principal.ts'

/** Why a token lets nobody in. */
export type Refused = { refused: string }

/** Whose token it is. @throws Error where that cannot be known now */
export type TokenCheck = (token: string | undefined) => Promise<Principal | Refused>

export const NO_TOKEN: Refused = { refused: 'there is no X-Auth-Token' }
