import { LOCAL_ACCOUNT, LOCAL_REGION } from '#local/types.ts'

/** Changes the text of a template. */
export type Relocate = (template: string) => string

const ACCOUNT = /^\d{12}$/
const REGION = /^[a-z]+(-[a-z]+)+-\d+$/

/**
 * Stacks that name their account and region are read as if they named none, as those are that `cdk synth` writes for
 * any: the CDK has written both into ARNs, names and variables, and one machine has one account and one region.
 */
export function relocate(environments: string[]): Relocate {
  const names = environments.flatMap((environment) => environment.replace('aws://', '').split('/'))
  const places = [
    { from: names.filter((name) => ACCOUNT.test(name)), to: LOCAL_ACCOUNT },
    { from: names.filter((name) => REGION.test(name)), to: LOCAL_REGION },
  ]
  return (template) => places.reduce(replaceIn, template)
}

// Neither in the middle of a digest nor eu-west-1 in eu-west-10; an availability zone follows its region.
const replaceIn = (text: string, { from, to }: { from: string[]; to: string }): string =>
  from.length === 0 ? text : text.replace(new RegExp(`(?<![0-9A-Za-z])(${from.join('|')})(?!\\d)`, 'g'), to)
