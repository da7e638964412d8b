import type { Json, JsonObject } from './assembly.ts'
import type { Context } from './context.ts'

type Resolve = (value: Json) => Json

/** Whether a named condition of the stack holds. */
export function conditionHolds({ stack }: Context, name: string, resolve: Resolve): boolean {
  const condition = stack.template.Conditions?.[name]
  if (condition === undefined) throw new Error(`stack ${stack.name} has no condition ${name}`)
  return holds(condition)

  function holds(value: Json): boolean {
    const [fn, argument] = Object.entries((value ?? {}) as JsonObject)[0] ?? []
    const parts = Array.isArray(argument) ? argument : []
    if (fn === 'Fn::Equals') return JSON.stringify(resolve(parts[0]!)) === JSON.stringify(resolve(parts[1]!))
    if (fn === 'Fn::And') return parts.every(holds)
    if (fn === 'Fn::Or') return parts.some(holds)
    if (fn === 'Fn::Not') return !holds(parts[0]!)
    if (fn === 'Condition' && typeof argument === 'string') {
      const named = stack.template.Conditions?.[argument]
      if (named !== undefined) return holds(named)
    }
    throw new Error(
      `condition ${name} of stack ${stack.name} uses ${fn ?? JSON.stringify(value)}, which is unknown`,
    )
  }
}
