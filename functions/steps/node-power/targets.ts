/** Redfish's own words for what a BMC can be told to do. */
export type ResetType = 'On' | 'ForceOff' | 'ForceRestart' | 'GracefulShutdown' | 'GracefulRestart' | 'Nmi'

export type PowerState = 'power on' | 'power off'

export const DRIVERS = ['redfish', 'fake-hardware'] as const
export type DriverName = (typeof DRIVERS)[number]
export type DriverInfo = Record<string, unknown>

type Target = {
  reset: ResetType
  /** What the BMC says when it is done; null where it says nothing. */
  wanted: PowerState | null
  soft: boolean
  /** Done already where the BMC says so before anything was asked of it: never a restart. */
  skips: boolean
}

/** What a node can be told to become, in Ironic's words. */
export const TARGETS = {
  'power on': { reset: 'On', wanted: 'power on', soft: false, skips: true },
  'power off': { reset: 'ForceOff', wanted: 'power off', soft: false, skips: true },
  rebooting: { reset: 'ForceRestart', wanted: 'power on', soft: false, skips: false },
  'soft power off': { reset: 'GracefulShutdown', wanted: 'power off', soft: true, skips: true },
  'soft rebooting': { reset: 'GracefulRestart', wanted: 'power on', soft: true, skips: false },
  'inject nmi': { reset: 'Nmi', wanted: null, soft: false, skips: false },
} as const satisfies Record<string, Target>

export type PowerTarget = keyof typeof TARGETS

/** The operations that can be aborted while they run, by the target that aborts each. */
export const ABORTS = {
  'abort soft power off': 'soft power off',
  'abort soft rebooting': 'soft rebooting',
  'abort inject nmi': 'inject nmi',
} as const satisfies Record<string, PowerTarget>

export type AbortTarget = keyof typeof ABORTS

export const isPowerTarget = (word: string): word is PowerTarget => Object.hasOwn(TARGETS, word)
export const isAbortTarget = (word: string): word is AbortTarget => Object.hasOwn(ABORTS, word)

/** How long an operation may take unless it is told, in seconds. */
export const defaultTimeout = (target: PowerTarget): number => (TARGETS[target].soft ? 600 : 60)

/** What decides what can be done; `allowed`: the resets that the BMC allows, null where it did not say, or was not asked yet. */
export type Abilities = { driver: DriverName; driver_info: DriverInfo; allowed: string[] | null }

/**
 * The targets that a node supports: those whose reset its BMC allows (all, where it does not say), and the abort of
 * each that can be aborted. A BMC itself aborts no NMI, unless it has an OEM way for that.
 */
export function supportedPowerStates({ driver, allowed, driver_info }: Abilities): string[] {
  const targets = Object.keys(TARGETS) as PowerTarget[]
  const known = targets.filter((target) => allowed === null || allowed.includes(TARGETS[target].reset))
  const aborts = (Object.keys(ABORTS) as AbortTarget[]).filter((word) => {
    if (!known.includes(ABORTS[word])) return false
    if (word !== 'abort inject nmi') return true
    return driver === 'fake-hardware' || driver_info.redfish_abort_nmi_path !== undefined
  })
  return [...known, ...aborts]
}
