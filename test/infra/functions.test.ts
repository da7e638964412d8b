import { expect, test } from 'vitest'
import { readable } from './deployed.ts'
import { everyApp } from './synth.ts'

everyApp((deployed) => {
  test('every function has a log group that ends, traces, and its own name', () => {
    const names = deployed().functions.map(({ properties }) => properties.FunctionName)
    expect(new Set(names).size).toBe(names.length)
    for (const { properties } of deployed().functions) {
      expect(properties.FunctionName).toMatch(/^standdown-[a-z0-9-]+$/)
      expect(properties.TracingConfig).toEqual({ Mode: 'Active' })
      expect(properties.LoggingConfig.LogGroup).toBeDefined()
    }
    for (const { properties } of deployed().all('AWS::Logs::LogGroup'))
      expect(properties.RetentionInDays).toBe(90)
  })

  test('the functions of the product are told every job template by name', () => {
    const arns = deployed().jobs.map(({ machine }) => machine.arn)
    for (const { properties } of deployed().productFunctions) {
      const { TEMPLATES, OWN_MACHINES } = properties.Environment.Variables
      const names = Object.keys(JSON.parse(readable(TEMPLATES)))
      expect(names.map((name) => `${readable(OWN_MACHINES)}${name}`)).toEqual(arns)
    }
  })

  test('the function of a step is told its table, its lease and how long to keep items', () => {
    const [table] = deployed().all('AWS::DynamoDB::Table')
    for (const { properties } of deployed().stepFunctions()) {
      const { TABLE_NAME, ...variables } = properties.Environment.Variables
      expect(readable(TABLE_NAME)).toBe(`<${table?.id}>`)
      expect(variables).toMatchObject({ LEASE_SECONDS: '30', RETENTION_DAYS: '90' })
    }
  })

  test('a function behind the API gives up before API Gateway does', () => {
    const uris = deployed()
      .all('AWS::ApiGatewayV2::Integration')
      .map(({ properties }) => properties.IntegrationUri)
    const behind = new Set(uris.map(readable))
    const functions = deployed().functions.filter(({ id }) => behind.has(`<${id}.Arn>`))
    expect(functions.length).toBeGreaterThan(0)
    for (const { properties } of functions) expect(properties.Timeout).toBeLessThan(30)
  })
})
