import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { beforeAll, describe, expect, test } from 'vitest'
import { METRICS } from '#core/metrics.ts'
import { BUNDLES_CONTEXT } from '#infra/bundle/code.ts'
import { StanddownStack } from '#infra/stack.ts'
import { Deployed, type Resource } from './deployed.ts'
import { stubBundles } from './stub-bundles.ts'
import { synthesize } from './synth.ts'

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:on-call'

let deployed: Deployed
beforeAll(async () => {
  using bundles = await stubBundles()
  const app = new App({ context: { [BUNDLES_CONTEXT]: bundles.folder } })
  deployed = new Deployed(Template.fromStack(new StanddownStack(app, 'Standdown', { alarmTopicArn: TOPIC })))
})

const alarms = (): Resource[] => deployed.all('AWS::CloudWatch::Alarm')
const named = (name: string) => {
  const found = alarms().find(({ properties }) => properties.AlarmName === `standdown-${name}`)
  if (!found) throw new Error(`there is no alarm ${name}`)
  return found.properties
}

const OPERATIONS = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8')

describe('an alarm', () => {
  test('tells the topic when it begins and when it is over', () => {
    expect(alarms().length).toBeGreaterThan(20)
    for (const { id, properties } of alarms()) {
      expect(properties.AlarmActions, id).toEqual([TOPIC])
      expect(properties.OKActions, id).toEqual([TOPIC])
    }
  })

  test('has its paragraph in the operations manual', () => {
    for (const { properties } of alarms()) {
      const name = properties.AlarmName.replace(/^standdown-/, '').replace(/^(errors|throttles)-.*/, '$1-*')
      expect(OPERATIONS).toContain(`\`${name}\``)
    }
  })

  test.each(['undelivered', 'unsent'])('watches the queue %s', (name) => {
    expect(named(name)).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Namespace: 'AWS/SQS',
      Threshold: 0,
    })
  })

  test('watches the errors and the throttles of every function of the product', () => {
    for (const { id, properties } of deployed.productFunctions) {
      const Dimensions = [{ Name: 'FunctionName', Value: { Ref: id } }]
      const name = properties.FunctionName.replace(/^standdown-/, '')
      expect(named(`errors-${name}`)).toMatchObject({ MetricName: 'Errors', Dimensions })
      expect(named(`throttles-${name}`)).toMatchObject({ MetricName: 'Throttles', Dimensions })
    }
  })

  test("watches the age of the table's stream", () => {
    const { id } = deployed.functionNamed('standdown-events-notify')
    expect(named('stream-age')).toMatchObject({
      MetricName: 'IteratorAge',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: id } }],
      Threshold: 300_000,
    })
  })

  test.each([
    ['clean-ups-failed', 'CleanUpsFailed', 'Maximum'],
    ['cancelling-over-an-hour', 'CancellingOverAnHour', 'Maximum'],
    ['jobs-not-swept', 'JobsNotSwept', 'Maximum'],
    ['notifications-refused', 'NotificationsRefused', 'Maximum'],
  ])('watches %s', (name, MetricName, Statistic) => {
    const Dimensions = [{ Name: 'service', Value: 'standdown' }]
    expect(named(name)).toMatchObject({
      Namespace: 'Standdown',
      MetricName,
      Statistic,
      Dimensions,
      Threshold: 0,
    })
  })

  test('watches that sweeps come to their end, also when there is no metric of one', () => {
    expect(named('sweeps-missed')).toMatchObject({
      MetricName: 'Sweeps',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      TreatMissingData: 'breaching',
    })
  })
})

test('without a topic there is no alarm', async () => {
  const plain = new Deployed(await synthesize({ nag: false }))
  expect(plain.all('AWS::CloudWatch::Alarm')).toEqual([])
})

test('the dashboard shows jobs by state, how long an abort takes and how long a clean-up', () => {
  const [dashboard] = deployed.all('AWS::CloudWatch::Dashboard')
  expect(dashboard?.properties.DashboardName).toBe('standdown')
  const body = JSON.stringify(dashboard?.properties.DashboardBody)
  const { Sweeps, ...shown } = METRICS
  for (const name of Object.values(shown)) expect(body).toContain(name)
})

test('every function measures under the name of its deployment', () => {
  for (const { properties } of deployed.functions) {
    expect(properties.Environment.Variables).toMatchObject({
      POWERTOOLS_SERVICE_NAME: 'standdown',
      POWERTOOLS_METRICS_NAMESPACE: 'Standdown',
    })
  }
})
