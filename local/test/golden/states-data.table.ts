import { expect } from 'vitest'
import { machine, pass, type Rig, task } from '../states/rig.ts'
import type { GoldenRow } from './golden.ts'

const DG = 'https://docs.aws.amazon.com/step-functions/latest/dg'

type DataFlow = { behaviour: string; source: string; definition: object; input?: unknown; output: unknown }

const choice = (rule: object) =>
  machine({
    Choose: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
    Yes: pass({ Result: 'yes' }),
    No: pass({ Result: 'no' }),
  })

const map = (more: object, processor: object = pass()) =>
  machine({
    Each: { Type: 'Map', ItemProcessor: machine({ Item: processor }), End: true, ...more },
  })

const flows: DataFlow[] = [
  {
    behaviour: 'InputPath narrows what the state sees',
    source: `${DG}/input-output-inputpath-params.html`,
    definition: machine({ P: pass({ InputPath: '$.a' }) }),
    input: { a: { b: 1 }, c: 2 },
    output: { b: 1 },
  },
  {
    behaviour: 'a null InputPath gives an empty object',
    source: 'https://states-language.net/spec.html#filters',
    definition: machine({ P: pass({ InputPath: null }) }),
    input: { a: 1 },
    output: {},
  },
  {
    behaviour: 'Parameters mix constants, paths, the context object and intrinsic functions',
    source: `${DG}/input-output-inputpath-params.html`,
    definition: machine({
      P: pass({
        Parameters: {
          fixed: [1, { x: null }],
          'path.$': '$.a.b',
          'many.$': '$.list[*].id',
          'text.$': "States.Format('{}-{}', $.a.b, $$.Execution.Input.c)",
          inner: { 'state.$': '$$.State.Name' },
        },
      }),
    }),
    input: { a: { b: 1 }, c: 'see', list: [{ id: 7 }] },
    output: { fixed: [1, { x: null }], path: 1, many: [7], text: '1-see', inner: { state: 'P' } },
  },
  {
    behaviour: 'an intrinsic function sees the input of the execution beside that of the state',
    source: `${DG}/input-output-contextobject.html`,
    definition: machine({
      P: pass({
        InputPath: '$.inner',
        Parameters: { 'both.$': "States.Format('{} {}', $.a, $$.Execution.Input.b)" },
      }),
    }),
    input: { inner: { a: 1 }, b: 2 },
    output: { both: '1 2' },
  },
  {
    behaviour: 'a path that may match many gives an empty list when it matches none',
    source: 'https://states-language.net/spec.html#paths',
    definition: machine({ P: pass({ Parameters: { 'none.$': '$.list[*].id' } }) }),
    input: { list: [] },
    output: { none: [] },
  },
  {
    behaviour: 'ResultPath puts the result beside the input',
    source: `${DG}/input-output-resultpath.html`,
    definition: machine({ P: pass({ Result: { r: 1 }, ResultPath: '$.x.y' }) }),
    input: { keep: true, x: { z: 0 } },
    output: { keep: true, x: { z: 0, y: { r: 1 } } },
  },
  {
    behaviour: 'a ResultPath of $ replaces the input, a null one discards the result',
    source: `${DG}/input-output-resultpath.html`,
    definition: machine({
      First: { Type: 'Pass', Result: { n: 1 }, ResultPath: '$', Next: 'Second' },
      Second: pass({ Result: { n: 2 }, ResultPath: null }),
    }),
    output: { n: 1 },
  },
  {
    behaviour: 'a falsy Result is a result',
    source: `${DG}/state-pass.html`,
    definition: machine({ P: pass({ Result: 0 }) }),
    input: { a: 1 },
    output: 0,
  },
  {
    behaviour: 'ResultSelector shapes the result before ResultPath, OutputPath selects last',
    source: `${DG}/input-output-inputpath-params.html#input-output-resultselector`,
    definition: machine({
      T: task({
        Parameters: { n: 5 },
        ResultSelector: { 'picked.$': '$.n' },
        ResultPath: '$.result',
        OutputPath: '$.result',
      }),
    }),
    input: { a: 1 },
    output: { picked: 5 },
  },
  {
    behaviour: 'an input that is not an object travels as it is',
    source: `${DG}/concepts-input-output-filtering.html`,
    definition: machine({ P: pass() }),
    input: [1, 'two', null],
    output: [1, 'two', null],
  },
  {
    behaviour: 'IsPresent false matches what is missing',
    source: `${DG}/state-choice.html`,
    definition: choice({ Variable: '$.gone', IsPresent: false }),
    output: 'yes',
  },
  {
    behaviour: 'IsPresent false does not match what is there, even null',
    source: `${DG}/state-choice.html`,
    definition: choice({ Variable: '$.here', IsPresent: false }),
    input: { here: null },
    output: 'no',
  },
  {
    behaviour: 'IsString false matches a number',
    source: `${DG}/state-choice.html`,
    definition: choice({ Variable: '$.a', IsString: false }),
    input: { a: 1 },
    output: 'yes',
  },
  {
    behaviour: 'a numeric comparison with text does not match',
    source: 'https://states-language.net/spec.html#choice-state',
    definition: choice({ Variable: '$.a', NumericGreaterThan: 3 }),
    input: { a: '5' },
    output: 'no',
  },
  {
    behaviour: 'And, Or and Not combine, and rules see the context object',
    source: `${DG}/state-choice.html`,
    definition: choice({
      And: [
        {
          Or: [
            { Variable: '$.a', NumericEquals: 2 },
            { Variable: '$$.Execution.Input.a', NumericEquals: 1 },
          ],
        },
        { Not: { Variable: '$.b', StringMatches: 'x*' } },
      ],
    }),
    input: { a: 1, b: 'yx' },
    output: 'yes',
  },
  {
    behaviour: 'ItemSelector sees index and value of the item and the input of the Map',
    source: `${DG}/input-output-itemselector.html`,
    definition: map({
      ItemsPath: '$.list',
      ItemSelector: {
        'i.$': '$$.Map.Item.Index',
        'v.$': '$$.Map.Item.Value',
        'all.$': '$.all',
        'input.$': '$$.Execution.Input.all',
      },
    }),
    input: { list: ['a', 'b'], all: 9 },
    output: [
      { i: 0, v: 'a', all: 9, input: 9 },
      { i: 1, v: 'b', all: 9, input: 9 },
    ],
  },
  {
    behaviour: 'a Map without items gives an empty list',
    source: `${DG}/state-map-inline.html`,
    definition: map({}),
    input: [],
    output: [],
  },
  {
    behaviour: 'states inside a Map have the context of the execution and of themselves',
    source: `${DG}/input-output-contextobject.html`,
    definition: map(
      {},
      pass({ Parameters: { 'state.$': '$$.State.Name', 'input.$': '$$.Execution.Input' } }),
    ),
    input: [4],
    output: [{ state: 'Item', input: [4] }],
  },
  {
    behaviour: 'Parallel gives the results in the order of its branches',
    source: `${DG}/state-parallel.html`,
    definition: machine({
      Both: {
        Type: 'Parallel',
        Branches: [
          machine({ A1: { Type: 'Pass', Next: 'A2' }, A2: pass({ Result: 'a' }) }),
          machine({ B: pass({ InputPath: '$.x' }) }),
        ],
        ResultPath: '$.both',
        End: true,
      },
    }),
    input: { x: 1 },
    output: { x: 1, both: ['a', 1] },
  },
  {
    behaviour: 'a Wait of no time and one until the past pass their input on',
    source: `${DG}/state-wait.html`,
    definition: machine({
      None: { Type: 'Wait', SecondsPath: '$.s', Next: 'Past' },
      Past: { Type: 'Wait', TimestampPath: '$.t', End: true },
    }),
    input: { s: 0, t: '2001-01-01T00:00:00Z' },
    output: { s: 0, t: '2001-01-01T00:00:00Z' },
  },
  {
    behaviour: 'Succeed ends the machine from anywhere',
    source: `${DG}/state-succeed.html`,
    definition: machine({ S: { Type: 'Succeed', InputPath: '$.a' } }),
    input: { a: 3 },
    output: 3,
  },
  {
    behaviour: 'lambda:invoke wraps the answer in Payload',
    source: `${DG}/connect-lambda.html`,
    definition: machine({
      T: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Parameters: { FunctionName: 'work', Payload: { 'n.$': '$.n' } },
        ResultSelector: { 'payload.$': '$.Payload', 'status.$': '$.StatusCode' },
        End: true,
      },
    }),
    input: { n: 3 },
    output: { payload: { n: 3 }, status: 200 },
  },
]

async function checkContext(rig: Rig): Promise<void> {
  const wanted = { 'context.$': '$$' }
  const description = await rig.run(machine({ P: pass({ Parameters: wanted }) }), { a: 1 })
  expect(JSON.parse(description.output ?? '')).toEqual({
    context: {
      Execution: {
        Id: description.executionArn,
        Input: { a: 1 },
        Name: description.name,
        RoleArn: 'arn:aws:iam::000000000000:role/states',
        StartTime: new Date(Number(description.startDate) * 1000).toISOString(),
        RedriveCount: 0,
      },
      State: { Name: 'P', EnteredTime: expect.stringMatching(/^\d{4}-.*Z$/), RetryCount: 0 },
      StateMachine: { Id: description.stateMachineArn, Name: expect.stringMatching(/^machine-/) },
    },
  })
}

/** How data goes through states. */
export const STATES_DATA: GoldenRow<Rig>[] = [
  ...flows.map(({ behaviour, source, definition, input, output }) => ({
    behaviour,
    source,
    async check(rig: Rig) {
      const description = await rig.run(definition, input)
      expect(description).toMatchObject({ status: 'SUCCEEDED' })
      expect(JSON.parse(description.output ?? '')).toEqual(output)
    },
  })),
  {
    behaviour: 'the context object names execution, machine, state and redrive count',
    source: `${DG}/input-output-contextobject.html`,
    check: checkContext,
  },
]
