import { BmcRefusal, type PowerDriver, type Reading } from '../power/driver.ts'
import type { PowerState, ResetType } from '../targets.ts'
import { idOf, type RedfishSession } from './session.ts'

type System = {
  PowerState?: unknown
  Actions?: { '#ComputerSystem.Reset'?: Record<string, unknown> }
}
type Collection = { Members?: unknown[] }
type ActionInfo = { Parameters?: { Name?: unknown; AllowableValues?: unknown }[] }

/** Only `Off` is off and only `On` is on: what lies between is still going. */
const POWER: Record<string, PowerState> = { On: 'power on', Off: 'power off' }

const texts = (values: unknown): string[] | null =>
  Array.isArray(values) ? values.filter((value) => typeof value === 'string') : null

/** A system behind a BMC that speaks Redfish. @see https://redfish.dmtf.org/schemas/DSP0266_1.20.1.html */
export class RedfishDriver implements PowerDriver {
  private readonly session: RedfishSession
  private path: string | undefined
  private info: string[] | null | undefined
  /** Where the BMC tells how far it is with what it was told last. */
  private monitor: string | undefined
  private target: string | undefined

  constructor(session: RedfishSession) {
    this.session = session
  }

  async read(signal: AbortSignal): Promise<Reading> {
    this.path ??= await this.findSystem(signal)
    const { json } = await this.session.ask(this.path, { method: 'GET', signal })
    const { PowerState: word, Actions } = (json ?? {}) as System
    const reset = Actions?.['#ComputerSystem.Reset'] ?? {}
    this.target = typeof reset.target === 'string' ? reset.target : undefined
    const allowed = await this.allowedBy(reset, signal)
    const busy = await this.isBusy(signal)
    return { power: POWER[String(word)] ?? null, word: String(word ?? 'nothing'), allowed, busy }
  }

  async reset(type: ResetType): Promise<void> {
    if (this.target === undefined) throw new BmcRefusal('the BMC names no way to reset its system')
    const answer = await this.session.ask(this.target, { method: 'POST', body: { ResetType: type } })
    const { location } = answer.headers
    this.monitor = answer.status === 202 && typeof location === 'string' ? location : undefined
  }

  async abortNmi(): Promise<void> {
    const { abortNmiPath } = this.session.options
    if (abortNmiPath !== null) await this.session.ask(abortNmiPath, { method: 'POST', body: {} })
  }

  close(): Promise<void> {
    return this.session.close()
  }

  /** By its path or its id; without either it is the only one there is. */
  private async findSystem(signal: AbortSignal): Promise<string> {
    const { root, systemId } = this.session.options
    if (systemId?.startsWith('/')) return systemId
    const systems = `${root.pathname}Systems`
    if (systemId !== null) return `${systems}/${encodeURIComponent(systemId)}`
    const { json } = await this.session.ask(systems, { method: 'GET', signal })
    const members = (((json ?? {}) as Collection).Members ?? []).map(idOf)
    const [only] = members
    if (members.length === 1 && typeof only === 'string') return only
    throw new BmcRefusal(`the BMC has ${members.length} systems: name one in redfish_system_id`)
  }

  private async allowedBy(reset: Record<string, unknown>, signal: AbortSignal): Promise<string[] | null> {
    const inline = texts(reset['ResetType@Redfish.AllowableValues'])
    if (inline) return inline
    const path = reset['@Redfish.ActionInfo']
    if (this.info === undefined && typeof path === 'string') {
      const { json } = await this.session.ask(path, { method: 'GET', signal })
      const parameters = ((json ?? {}) as ActionInfo).Parameters ?? []
      this.info = texts(parameters.find(({ Name }) => Name === 'ResetType')?.AllowableValues)
    }
    return this.info ?? null
  }

  private async isBusy(signal: AbortSignal): Promise<boolean> {
    if (this.monitor === undefined) return false
    // A monitor that is gone has ended, however it ended: the power state says the rest.
    const status = await this.session.ask(this.monitor, { method: 'GET', signal }).then(
      (answer) => answer.status,
      (error: Error) => {
        if (error instanceof BmcRefusal) return 404
        throw error
      },
    )
    if (status === 202) return true
    this.monitor = undefined
    return false
  }
}
