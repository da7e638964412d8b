import * as z from 'zod'
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi'
import type { Door, Route } from '#core/api/door.ts'
import { COMPONENTS } from './components.ts'
import { FACES, type Face } from './faces.ts'
import { INFO, withoutSafeIntegers } from './info.ts'
import type { Answer, Operation } from './operations.ts'
import { PATH_PARAMETERS } from './path-parameters.ts'
import { faultsOf, problemsOf, REFUSAL_RESPONSES } from './problems.ts'

const DESCRIPTION =
  'Stops long-running AWS Step Functions jobs cleanly. On AWS every route asks for a signature by IAM (SigV4, service `execute-api`); the doors of OpenStack’s services take a token of Keystone’s where one is set up. The local runtime takes unsigned requests from its own machine.'

const SECURITY_SCHEMES = {
  sigv4: {
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
    description: 'AWS Signature Version 4, service `execute-api`',
    'x-amazon-apigateway-authtype': 'awsSigv4',
  },
  keystone: { type: 'apiKey', name: 'X-Auth-Token', in: 'header', description: 'A token of Keystone’s' },
} as const

/** OpenAPI 3.1: every route of every door. */
export const openApi = (): object =>
  createDocument(
    {
      openapi: '3.1.1',
      info: { ...INFO, title: 'Standdown', description: DESCRIPTION },
      servers: [{ url: '/', description: 'Where this document was served' }],
      tags: FACES.map(({ door, description }) => ({ name: door.name, description })),
      paths: pathsOf(FACES),
      components: { schemas: COMPONENTS, responses: REFUSAL_RESPONSES, securitySchemes: SECURITY_SCHEMES },
    },
    { override: withoutSafeIntegers },
  )

function pathsOf(faces: Face[]): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {}
  for (const face of faces) {
    for (const route of face.door.routes) {
      const path = pathOf(face.door, route)
      const method = route.method.toLowerCase()
      paths[path] = { ...paths[path], [method]: operationOf(face, route) }
    }
  }
  return paths
}

const pathOf = (door: Door, { path }: Route): string =>
  'base' in door ? `${door.base}${path === '/' ? '' : path}` : path

function operationOf({ door, operations }: Face, route: Route): ZodOpenApiOperationObject {
  const operation = operations[`${route.method} ${route.path}`]!
  const { summary, description, body } = operation
  const foreign = 'base' in door
  const content = body && {
    [body.type ?? 'application/json']: { schema: body.schema, example: body.example },
  }
  return {
    operationId: operationIdOf(door, route),
    tags: [door.name],
    summary,
    ...(description && { description }),
    security: [foreign ? { keystone: [] } : { sigv4: [] }],
    requestParams: parametersOf(route, operation),
    ...(content && { requestBody: { required: body.required ?? false, content } }),
    responses: { ...answersOf(operation), ...(foreign ? faultsOf() : problemsOf(operation.problems)) },
  }
}

/** Two doors may have a use case of the same name, and one door two paths for one. */
function operationIdOf({ name }: Door, { useCase, path }: Route): string {
  const detail = path.endsWith('/detail') && !useCase.endsWith('Detail') ? 'InDetail' : ''
  if (name === 'Standdown') return `${useCase}${detail}`
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}${useCase.charAt(0).toUpperCase()}${useCase.slice(1)}${detail}`
}

function parametersOf({ path }: Route, { query, headers }: Operation) {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
  const known = Object.fromEntries(names.map((name) => [name, PATH_PARAMETERS[name]!]))
  return {
    ...(names.length > 0 && { path: z.object(known) }),
    ...(query && { query }),
    ...(headers && { header: z.object(textsOf(headers, true)) }),
  }
}

const textsOf = (headers: Record<string, string>, optional: boolean) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, description]) => {
      const text = z.string().describe(description)
      return [name, optional ? text.optional() : text]
    }),
  )

const answersOf = ({ answers }: Operation): ZodOpenApiResponsesObject =>
  Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)]))

const answerOf = ({ description, body, headers }: Answer) => ({
  description,
  ...(headers && { headers: z.object(textsOf(headers, false)) }),
  ...(body && { content: { 'application/json': { schema: body.schema, example: body.example } } }),
})
