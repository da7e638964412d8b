import { describe, expect, test } from 'vitest'
import { type Deployed, type Resource, readable } from './deployed.ts'
import { everyApp } from './synth.ts'

const KEPT = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' }

/** The role of a function or a machine, its policies and its log group. */
function belongings(deployed: Deployed, { properties }: Resource): string[] {
  const role = readable(properties.Role ?? properties.RoleArn).slice(1, -'.Arn>'.length)
  const logs = properties.LoggingConfig?.LogGroup ?? destinationOf(properties)
  const policies = deployed.statements.filter(({ roles }) => roles.includes(`<${role}>`))
  return [role, readable(logs).replace(/^<(\w+)[.>].*/, '$1'), ...policies.map(({ policy }) => policy)]
}

const destinationOf = (properties: Resource['properties']) =>
  properties.LoggingConfiguration.Destinations[0].CloudWatchLogsLogGroup.LogGroupArn

everyApp((deployed) => {
  const resource = (id: string) => deployed().template.toJSON().Resources[id]

  describe('what running jobs need when it is removed from the code stays', () => {
    test('the function of a step, its version, its role with what it may do, and its log', () => {
      const steps = deployed().stepFunctions()
      const ids = [...steps, ...deployed().versions].map(({ id }) => id)
      expect(ids.length).toBeGreaterThan(2)
      for (const id of [...ids, ...steps.flatMap((fn) => belongings(deployed(), fn))]) {
        expect(resource(id), id).toMatchObject(KEPT)
      }
    })

    test('the machine of a job, its role with what it may do, and its log', () => {
      for (const { machine } of deployed().jobs) {
        for (const id of [machine.id, ...belongings(deployed(), machine)]) {
          expect(resource(id), id).toMatchObject(KEPT)
        }
      }
    })
  })

  test('what the product itself runs goes with the stack', () => {
    for (const fn of deployed().productFunctions) {
      for (const id of [fn.id, ...belongings(deployed(), fn)]) {
        expect(resource(id).DeletionPolicy ?? 'Delete', id).toBe('Delete')
      }
    }
  })
})
