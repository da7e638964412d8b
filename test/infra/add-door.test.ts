import { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import { describe, expect, test } from 'vitest'
import type { Door } from '#core/api/door.ts'
import { addDoor } from '#infra/constructs/api/add-door.ts'
import { readable } from './deployed.ts'

const FUNCTIONS = ['doors/things', 'api/read', 'api/write']

/** The template of an API with this door, whose default asks for no authorizer. */
function synthesizeDoor(door: Door): Template {
  const stack = new Stack()
  const httpApi = new HttpApi(stack, 'Api')
  const functions = FUNCTIONS.map((name) => {
    const fn = new lambda.Function(stack, name.replace('/', ''), {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => null'),
    })
    return [name, new HttpLambdaIntegration(name, fn)] as const
  })
  addDoor(httpApi, door, { integrations: Object.fromEntries(functions) })
  return Template.fromStack(stack)
}

/** `GET /things AWS_IAM <function>` for each route. */
function routesOf(template: Template): string[] {
  const integrations = template.findResources('AWS::ApiGatewayV2::Integration')
  return Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => {
    const target = readable(Properties.Target).replace(/^integrations\/<|>$/g, '')
    const fn = readable(integrations[target]?.Properties.IntegrationUri).replace(/^<|[0-9A-F]{8}\.Arn>$/g, '')
    return `${Properties.RouteKey} ${Properties.AuthorizationType} ${fn}`
  })
}

const allowedPaths = (template: Template): string[] =>
  Object.values(template.findResources('AWS::Lambda::Permission'))
    .map(({ Properties }) => readable(Properties.SourceArn).replace(/^.*<Api\w+>/, ''))
    .sort()

describe('a door with a base', () => {
  const template = synthesizeDoor({
    name: 'Things',
    base: '/things-api',
    bundle: 'doors/things',
    authorizer: 'iam',
    routes: [{ method: 'GET', path: '/v1/things/{id}', useCase: 'showThing' }],
  })

  test('gets every method of all that begins with it, for its one function', () => {
    expect(routesOf(template).sort()).toEqual([
      'ANY /things-api AWS_IAM doorsthings',
      'ANY /things-api/{proxy+} AWS_IAM doorsthings',
    ])
  })

  test('may be called by API Gateway for each of them', () => {
    expect(allowedPaths(template)).toEqual(['/*/*/things-api', '/*/*/things-api/{proxy+}'])
  })
})

test('a door without a base gets the routes of its table, each for the function that it names', () => {
  const template = synthesizeDoor({
    name: 'Own',
    routes: [
      { method: 'GET', path: '/things/{id}', useCase: 'show', bundle: 'api/read', authorizer: 'iam' },
      { method: 'GET', path: '/things', useCase: 'list', bundle: 'api/read', authorizer: 'iam' },
      { method: 'POST', path: '/things', useCase: 'create', bundle: 'api/write', authorizer: 'iam' },
    ],
  })
  expect(routesOf(template).sort()).toEqual([
    'GET /things AWS_IAM apiread',
    'GET /things/{id} AWS_IAM apiread',
    'POST /things AWS_IAM apiwrite',
  ])
  expect(allowedPaths(template)).toEqual(['/*/*/things', '/*/*/things', '/*/*/things/{id}'])
})

test('a function that there is not is refused by name', () => {
  const door: Door = { name: 'Lost', base: '/lost', bundle: 'doors/lost', authorizer: 'iam', routes: [] }
  expect(() => synthesizeDoor(door)).toThrow(
    'the door Lost names the function doors/lost: there are doors/things',
  )
})

test('whose authorizer nobody is, is refused by name', () => {
  const door: Door = {
    name: 'Cloud',
    base: '/c',
    bundle: 'doors/things',
    authorizer: 'openstack',
    routes: [],
  }
  expect(() => synthesizeDoor(door)).toThrow('the door Cloud asks for openstack, and nothing authorizes so')
})
