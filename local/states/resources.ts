/** What a Task's Resource asks for. */
export type Call = {
  /** `lambda` for a plain function ARN, whose events are named LambdaFunction...; else an optimized integration. */
  kind: 'function' | 'lambda' | 'states'
  /** For history events: `invoke`, `startExecution.sync:2`... */
  resource: string
  mode: 'response' | 'token' | 'sync' | 'sync:2'
}

const FUNCTION = /^arn:aws[\w-]*:lambda:[\w-]*:\d*:function:[\w$-]+(?::[\w$-]+)?$/
const INTEGRATION = /^arn:aws[\w-]*:states:::(lambda:invoke|states:startExecution)(?:\.(.+))?$/

/** Undefined when this Resource cannot be run here. */
export function parseResource(resource: string): Call | undefined {
  if (FUNCTION.test(resource)) return { kind: 'function', resource, mode: 'response' }
  const [, integration, suffix] = INTEGRATION.exec(resource) ?? []
  if (!integration) return undefined
  const [kind, action] = integration.split(':') as ['lambda' | 'states', string]
  const call = { kind, resource: suffix ? `${action}.${suffix}` : action }
  if (suffix === undefined) return { ...call, mode: 'response' }
  if (suffix === 'waitForTaskToken') return { ...call, mode: 'token' }
  return kind === 'states' && (suffix === 'sync' || suffix === 'sync:2')
    ? { ...call, mode: suffix }
    : undefined
}
