import { expect, test } from 'vitest'
import * as z from 'zod'
import { notification } from '#core/notifications/schemas.ts'
import { everyApp } from './synth.ts'

/** The indexes of tables that were deployed first. */
const FIRST_LAYOUT = ['active', 'by_template']

type Index = { IndexName: string; KeySchema: { AttributeName: string }[] }

everyApp((deployed) => {
  test('what holds data outlives the stack, but not a first deployment that is rolled back', () => {
    for (const type of ['AWS::DynamoDB::Table', 'AWS::S3::Bucket']) {
      const found = Object.values(deployed().template.findResources(type))
      expect(found.length).toBeGreaterThan(0)
      for (const resource of found) {
        expect(resource).toMatchObject({
          DeletionPolicy: 'RetainExceptOnCreate',
          UpdateReplacePolicy: 'Retain',
        })
      }
    }
  })

  test('the table keeps old and new images, expires items and can be restored', () => {
    deployed().template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    })
  })

  test('a job is found by what is active and by template', () => {
    const [table] = deployed().all('AWS::DynamoDB::Table')
    const keys = table?.properties.GlobalSecondaryIndexes.map((index: Index) => [
      index.IndexName,
      ...index.KeySchema.map((key) => key.AttributeName),
    ])
    expect(keys).toEqual([
      ['active', 'active', 'updated_at'],
      ['by_template', 'template', 'list_key'],
    ])
  })

  test('a deployment brings at most one index that a table of the first layout has not: CloudFormation adds one at a time', () => {
    const [table] = deployed().all('AWS::DynamoDB::Table')
    const names: string[] = table?.properties.GlobalSecondaryIndexes.map(({ IndexName }: Index) => IndexName)
    const added = names.filter((name) => !FIRST_LAYOUT.includes(name))
    expect(added.length).toBeLessThanOrEqual(1)
    expect(names.filter((name) => FIRST_LAYOUT.includes(name))).toEqual(FIRST_LAYOUT)
  })

  test('the shape of a notification is published as JSON Schema draft-04', () => {
    deployed().template.hasResourceProperties('AWS::EventSchemas::Registry', { RegistryName: 'standdown' })
    const [schema] = deployed().all('AWS::EventSchemas::Schema')
    expect(schema?.properties).toMatchObject({
      SchemaName: 'standdown@notification',
      Type: 'JSONSchemaDraft4',
    })
    const { title, ...content } = JSON.parse(schema?.properties.Content)
    expect(title).toBe('StanddownNotification')
    expect(content.$schema).toBe('http://json-schema.org/draft-04/schema#')
    expect(content).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(notification, { target: 'draft-4' }))))
  })

  test('draft-04 has no const and no numeric bounds that exclude: the published shape uses none', () => {
    const [schema] = deployed().all('AWS::EventSchemas::Schema')
    expect(schema?.properties.Content).not.toMatch(/"const":|"exclusiveM(in|ax)imum":\d|"\$defs":/)
  })
})
