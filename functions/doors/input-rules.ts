import { type InputFault, inputFaults, type MigrationRequest } from '../steps/object-migration/input-rules.ts'

/** Looks at an input that its template's JSON Schema has passed. `awsEndpoint` where AWS runs on one computer. */
type InputRule = (input: unknown, awsEndpoint: string | undefined) => InputFault[]

/** By the template's name: what its JSON Schema cannot say. Plain functions, which the steps can use too. */
export const INPUT_RULES: ReadonlyMap<string, InputRule> = new Map([
  ['object-migration', (input, awsEndpoint) => inputFaults(input as MigrationRequest, awsEndpoint)],
])
