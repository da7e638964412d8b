import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { asyncApi } from '#contract/asyncapi.ts'

type Document = { components: { messages: Record<string, { payload: object }> } }

const document = asyncApi() as Document
const ajv = new Ajv({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addSchema({ ...document, $id: 'asyncapi' })

const validators = new Map<string, ValidateFunction>(
  Object.keys(document.components.messages).map((type) => [
    type,
    ajv.getSchema(`asyncapi#/components/messages/${type}/payload`)!,
  ]),
)

/** What of a notification is not as the AsyncAPI document says: one line each. */
export function notificationFaults(detail: { event_type: string }): string[] {
  const validate = validators.get(detail.event_type)
  if (!validate) return [`${detail.event_type} is not in docs/asyncapi.json`]
  const fits: boolean = validate(detail)
  if (fits) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message }) => `${detail.event_type}: ${instancePath || 'it'} ${message}`,
  )
}
