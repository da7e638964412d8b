import type { DriverInfo, PowerState, ResetType } from '../targets.ts'
import type { PowerDriver, Reading } from './driver.ts'

/** How long fake hardware takes, in seconds, by the entries of `driver_info`, as Ironic's own driver of this name. */
const DELAYS: Record<ResetType, string> = {
  On: 'fake_power_on_delay',
  ForceOff: 'fake_power_off_delay',
  ForceRestart: 'fake_reboot_delay',
  GracefulShutdown: 'fake_soft_power_off_delay',
  GracefulRestart: 'fake_soft_reboot_delay',
  Nmi: 'fake_inject_nmi_delay',
}
export const FAKE_DRIVER_INFO: readonly string[] = Object.values(DELAYS)

export type FakeHardware = {
  power: PowerState
  info: DriverInfo
  /** What an earlier attempt told it, and when, in milliseconds since the epoch. */
  told: { type: ResetType; at: number } | null
}

/** Hardware that there is not: what it is follows from what it was told, and when. */
export class FakeDriver implements PowerDriver {
  private hardware: FakeHardware
  private readonly now: () => number

  constructor(hardware: FakeHardware, now: () => number = Date.now) {
    this.hardware = hardware
    this.now = now
  }

  async read(): Promise<Reading> {
    const { power, info, told } = this.hardware
    const over = told && told.at + Number(info[DELAYS[told.type]] ?? 0) * 1000 <= this.now()
    if (told && !over) {
      const word = becomes(told.type, power) === 'power on' ? 'PoweringOn' : 'PoweringOff'
      return { power: null, word, allowed: null, busy: true }
    }
    const is = told ? becomes(told.type, power) : power
    return { power: is, word: is === 'power on' ? 'On' : 'Off', allowed: null, busy: false }
  }

  async reset(type: ResetType): Promise<void> {
    this.hardware = { ...this.hardware, told: { type, at: this.now() } }
  }

  async abortNmi(): Promise<void> {}

  async close(): Promise<void> {}
}

function becomes(type: ResetType, power: PowerState): PowerState {
  if (type === 'Nmi') return power
  return type === 'ForceOff' || type === 'GracefulShutdown' ? 'power off' : 'power on'
}
