/** What of JSON Schema the form knows; all else is given as JSON. */
export type Schema = {
  type?: string
  description?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  enum?: unknown[]
  format?: string
  minimum?: number
  maximum?: number
  minItems?: number
  maxLength?: number
}

export type Kind = 'object' | 'list' | 'choice' | 'boolean' | 'number' | 'text' | 'json'

/** How a value of the schema is asked for. */
export function kindOf(schema: Schema): Kind {
  if (schema.enum) return schema.enum.every((value) => typeof value === 'string') ? 'choice' : 'json'
  switch (schema.type) {
    case 'object':
      return schema.properties ? 'object' : 'json'
    case 'array':
      return schema.items ? 'list' : 'json'
    case 'boolean':
      return 'boolean'
    case 'integer':
    case 'number':
      return 'number'
    case 'string':
      return 'text'
    default:
      return 'json'
  }
}

const SECRET = /(password|passphrase|secret|token|private_key|access_key)/i
const NAMES_ONE = /(name|ARN)s? .*secret/i

/** A field for a secret itself: the page never asks for one. A field for the name of a secret says so. */
export const isSecret = (name: string, { description = '' }: Schema): boolean =>
  SECRET.test(name) && !NAMES_ONE.test(description)

/** `part_size_mib` as people read it. */
export const labelOf = (name: string): string => {
  const words = name.replaceAll('_', ' ').replace(/\bmib\b/i, '(MiB)')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}
