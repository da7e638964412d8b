import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { AMONG_36, AMONG_40, type ChainRow, definition, parking, step, TO_COMMIT } from './expected.ts'

const INDEX = { 'index.$': '$.index', 'item_count.$': '$.item_count' }
const SELECTOR = { 'index.$': '$$.Map.Item.Index', 'item.$': '$$.Map.Item.Value' }
const counted = (list: string) => ({ ...SELECTOR, 'item_count.$': `States.ArrayLength(${list})` })
const INLINE = { ProcessorConfig: { Mode: 'INLINE' } }

/** Chains with a Map. */
export const mapChains: ChainRow[] = [
  {
    title: "a Map's children know their index and keep it beside their results",
    chain: ({ steps, step }) =>
      steps
        .map('Each', { items: '$.list', maxConcurrency: 4, itemSelector: { 'all.$': '$.list' } })
        .itemProcessor(step('child').next(step('grandchild', { resultPath: sfn.JsonPath.DISCARD })))
        .next(step('last')),
    expected: definition('Each', {
      Each: {
        Type: 'Map',
        ItemsPath: '$.list',
        MaxConcurrency: 4,
        ItemSelector: { ...counted('$.list'), 'all.$': '$.list' },
        ItemProcessor: {
          ...INLINE,
          StartAt: 'child',
          States: {
            child: step('child', 1, {
              mark: { ...INDEX, concurrency: 4 },
              parking: 'Standdown parked 2',
              state: { ResultPath: '$.item', Next: 'grandchild' },
            }),
            grandchild: step('grandchild', 2, {
              mark: { ...INDEX, concurrency: 4 },
              parking: 'Standdown parked 2',
              state: { ResultPath: null, End: true },
            }),
            ...parking('Standdown parked 2'),
          },
        },
        Next: 'last',
      },
      last: step('last', 3, { state: TO_COMMIT }),
    }),
  },
  {
    title: 'a Map in a Map counts on from the index of the outer one, and both share what may run at once',
    chain: ({ steps, step }) =>
      steps
        .map('Outer', { items: '$.lists' })
        .itemProcessor(steps.map('Inner', { items: '$.item' }).itemProcessor(step('child'))),
    expected: definition('Outer', {
      Outer: {
        Type: 'Map',
        ItemsPath: '$.lists',
        ItemSelector: counted('$.lists'),
        MaxConcurrency: 6,
        ItemProcessor: {
          ...INLINE,
          StartAt: 'Inner',
          States: {
            Inner: {
              Type: 'Map',
              ItemsPath: '$.item',
              ItemSelector: {
                'index.$': "States.Format('{}.{}', $.index, $$.Map.Item.Index)",
                'item.$': '$$.Map.Item.Value',
                'item_count.$': "States.Format('{}.{}', $.item_count, States.ArrayLength($.item))",
              },
              MaxConcurrency: 6,
              ItemProcessor: {
                ...INLINE,
                StartAt: 'child',
                States: {
                  child: step('child', 1, {
                    mark: { ...INDEX, concurrency: 36 },
                    attempts: AMONG_36,
                    parking: 'Standdown parked 2',
                    state: { ResultPath: '$.item', End: true },
                  }),
                  ...parking('Standdown parked 2'),
                },
              },
              ResultPath: '$.item',
              End: true,
            },
          },
        },
        ...TO_COMMIT,
      },
    }),
  },
  {
    title: 'a Parallel in a Map leaves the index beside its results',
    chain: ({ stack, steps, step }) =>
      steps
        .map('Each', { items: '$.list' })
        .itemProcessor(new sfn.Parallel(stack, 'Both').branch(step('one')).next(step('two'))),
    expected: definition('Each', {
      Each: {
        Type: 'Map',
        ItemsPath: '$.list',
        ItemSelector: counted('$.list'),
        ItemProcessor: {
          ...INLINE,
          StartAt: 'Both',
          States: {
            Both: {
              Type: 'Parallel',
              ResultPath: '$.item',
              Branches: [
                {
                  StartAt: 'one',
                  States: {
                    one: step('one', 1, {
                      mark: { ...INDEX, concurrency: 40 },
                      attempts: AMONG_40,
                      parking: 'Standdown parked 3',
                      state: { ResultPath: '$.item', End: true },
                    }),
                    ...parking('Standdown parked 3'),
                  },
                },
              ],
              Next: 'two',
            },
            two: step('two', 2, {
              mark: { ...INDEX, concurrency: 40 },
              attempts: AMONG_40,
              parking: 'Standdown parked 2',
              state: { ResultPath: '$.item', End: true },
            }),
            ...parking('Standdown parked 2'),
          },
        },
        ...TO_COMMIT,
      },
    }),
  },
  {
    title: "a Map's items have ranks where its author says where",
    chain: ({ steps, step }) =>
      steps
        .map('Each', { items: '$.list', rank: '$.place.rank', maxConcurrency: 4 })
        .itemProcessor(step('child')),
    expected: definition('Each', {
      Each: {
        Type: 'Map',
        ItemsPath: '$.list',
        MaxConcurrency: 4,
        ItemSelector: { ...counted('$.list'), 'rank.$': '$$.Map.Item.Value.place.rank' },
        ItemProcessor: {
          ...INLINE,
          StartAt: 'child',
          States: {
            child: step('child', 1, {
              mark: { ...INDEX, 'rank.$': '$.rank', concurrency: 4 },
              parking: 'Standdown parked 2',
              state: { ResultPath: '$.item', End: true },
            }),
            ...parking('Standdown parked 2'),
          },
        },
        ...TO_COMMIT,
      },
    }),
  },
]
