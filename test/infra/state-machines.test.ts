import { expect, test } from 'vitest'
import type { Deployed, Machine } from './deployed.ts'
import { everyApp } from './synth.ts'

const standDownOf = (deployed: Deployed): Machine =>
  deployed.machines.find(({ name }) => name === 'standdown-stand-down')!

everyApp((deployed) => {
  test('every machine is traced, and logs events without the data', () => {
    for (const { properties } of deployed().machines) {
      expect(properties.TracingConfiguration).toEqual({ Enabled: true })
      expect(properties.LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false })
    }
  })

  test('the machine of every job is named by its template, and ends well in the commit alone', () => {
    const commit = `<${deployed().functionNamed('standdown-steps-commit').id}.Arn>`
    for (const { machine, template } of deployed().jobs) {
      expect(machine.name).toBe(`standdown-${template.name}`)
      const ends = Object.entries(machine.definition.States).filter(
        ([, { End, Type }]) => End || Type === 'Succeed',
      )
      expect(ends, template.name).toEqual([
        ['Standdown commit', expect.objectContaining({ Type: 'Task', Resource: commit })],
      ])
    }
  })

  test('every job has steps, each with a deployed function of its own template', () => {
    const arns = deployed().functions.map(({ id }) => `<${id}.Arn>`)
    for (const { template } of deployed().jobs) {
      expect(template.steps.length, template.name).toBeGreaterThan(0)
      for (const { name, order, function_arn } of template.steps) {
        expect(order, name).toBeGreaterThan(0)
        expect(arns, name).toContain(function_arn)
      }
    }
  })

  test('every job tells its description and the shape of its input', () => {
    for (const { template } of deployed().jobs) {
      expect(template.description).toMatch(/\w/)
      if (template.input_schema) expect(template.input_schema).toMatchObject({ type: 'object' })
      expect(template.abort_modes.length).toBeGreaterThan(0)
    }
  })

  test('a clean-up that ran out of time, or met no free Lambda, is not one that failed', () => {
    // biome-ignore lint/suspicious/noExplicitAny: a state's fields have no types
    const { States } = standDownOf(deployed()).definition as any
    const retries: { ErrorEquals: string[]; MaxAttempts: number }[] =
      States.RunHooks.ItemProcessor.States.RunHook.Retry
    const attempts = (error: string) => retries.find(({ ErrorEquals }) => ErrorEquals.includes(error))
    expect(attempts('StepOutOfTime')).toMatchObject({ MaxAttempts: 100, BackoffRate: 1 })
    expect(attempts('Lambda.TooManyRequestsException')).toMatchObject({
      MaxAttempts: 20,
      MaxDelaySeconds: 30,
    })
    // So is an invocation that was denied: it must not keep the job waiting.
    expect(attempts('Lambda.AWSLambdaException')).toBeUndefined()
    expect(retries.at(-1)).toMatchObject({ ErrorEquals: ['States.ALL'], MaxAttempts: 3 })
  })
})
