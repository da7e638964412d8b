import { describe, expect, test } from 'vitest'
import { type Deployed, type Machine, readable } from './deployed.ts'
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

  test('every job has steps, each with a published version of a deployed function', () => {
    const functions = deployed().functions.map(({ id }) => `<${id}>`)
    const versions = deployed().versions.filter(({ properties }) =>
      functions.includes(readable(properties.FunctionName)),
    )
    const arns = versions.map(({ id }) => `<${id}>`)
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

  describe('a hook of the stand-down', () => {
    // biome-ignore lint/suspicious/noExplicitAny: a state's fields have no types
    const hookOf = (): any => {
      const { RunHooks } = standDownOf(deployed()).definition.States
      // biome-ignore lint/suspicious/noExplicitAny: as above
      return (RunHooks as any).ItemProcessor.States.RunHook
    }
    const retryOf = (error: string) =>
      hookOf().Retry.find(({ ErrorEquals }: { ErrorEquals: string[] }) => ErrorEquals.includes(error))

    test('goes on where it ran out of time', () => {
      expect(retryOf('StepOutOfTime')).toMatchObject({ MaxAttempts: 100, BackoffRate: 1 })
    })

    test('waits for a free Lambda for hours, spread at random', () => {
      const waiting = { MaxAttempts: 100, MaxDelaySeconds: 600, JitterStrategy: 'FULL' }
      expect(retryOf('Lambda.TooManyRequestsException')).toMatchObject(waiting)
      expect(retryOf('Lambda.ServiceException')).toMatchObject(waiting)
    })

    test('that found no free Lambda to the end has not failed: its stand-down has, and is started anew', () => {
      const [caught] = hookOf().Catch
      expect(caught).toMatchObject({ Next: 'HookNotInvoked' })
      expect(caught.ErrorEquals).toContain('Lambda.TooManyRequestsException')
    })

    test('is tried ten times, with waits that grow to a minute, before it counts as failed, and once where it says that no repeat would help', () => {
      const waits = { IntervalSeconds: 1, BackoffRate: 2, MaxDelaySeconds: 60 }
      expect(hookOf().Retry.at(-1)).toEqual({ ErrorEquals: ['States.ALL'], ...waits, MaxAttempts: 9 })
      expect(retryOf('CannotCleanUp')).toMatchObject({ MaxAttempts: 0 })
      // So is an invocation that was denied: it must not keep the job waiting.
      expect(retryOf('Lambda.AWSLambdaException')).toBeUndefined()
    })
  })

  test('the tasks of the stand-down wait for a free Lambda, too', () => {
    const { Drain, CleanUp, Settle } = standDownOf(deployed()).definition.States
    for (const state of [Drain, CleanUp, Settle]) {
      expect(state?.Retry).toMatchObject([
        { ErrorEquals: expect.arrayContaining(['Lambda.TooManyRequestsException']), MaxAttempts: 100 },
        { ErrorEquals: ['States.ALL'], MaxAttempts: 10 },
      ])
    }
  })
})
