import type { Http, CallOptions as Options } from './http.ts'

/** A bare-metal node, in Ironic's words; times are RFC 3339. */
export type Node = {
  uuid: string
  name: string | null
  driver: string
  driver_info: Record<string, unknown>
  power_state: string | null
  target_power_state: string | null
  last_error: string | null
  /** What it can be told to become now. */
  supported_power_states: string[]
  /** The job of the operation that runs. */
  job_execution_id: string | null
  created_at: string | null
  updated_at: string | null
} & Record<string, unknown>

export type NewNode = { driver: string; name?: string; uuid?: string; driver_info?: Record<string, unknown> }

/** `seconds`: how long it may take. */
export type PowerChange = { target: string; seconds?: number | undefined }

type Nodes = { nodes: Node[]; next?: string }

const pathOf = (ident: string): string => `/nodes/${encodeURIComponent(ident)}`

/** Only where the stack has the template `node-power`. A node is named by its uuid or its name. */
export const nodeCalls = (http: Http) => ({
  list: async (options?: Options): Promise<Node[]> => {
    const found: Node[] = []
    for (;;) {
      const page = await http.get<Nodes>('/nodes', { marker: found.at(-1)?.uuid }, options)
      found.push(...page.nodes)
      if (!page.next || page.nodes.length === 0) return found
    }
  },
  get: (ident: string, options?: Options) => http.get<Node>(pathOf(ident), {}, options),
  create: async (body: NewNode, { signal }: Options = {}) =>
    (await http.send<Node>('POST', '/nodes', { body, signal })).body,
  /** A target that begins with `abort` ends the operation that runs. */
  setPower: async (ident: string, change: PowerChange, { signal }: Options = {}): Promise<void> => {
    const { target, seconds: timeout } = change
    await http.send('PUT', `${pathOf(ident)}/states/power`, { body: { target, timeout }, signal })
  },
  remove: async (ident: string, { signal }: Options = {}): Promise<void> => {
    await http.send('DELETE', pathOf(ident), { signal })
  },
})
