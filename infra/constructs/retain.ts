import { Aspects, CfnResource, type IAspect, RemovalPolicy } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/**
 * What running jobs still need when a step or a template is removed from the code: it stays in the account until
 * somebody prunes it (docs/operations.md). Not so after a first deployment that is rolled back: its names would bar
 * the next one.
 */
const RETAINED: IAspect = {
  visit(node: IConstruct): void {
    if (node instanceof CfnResource) node.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
  },
}

/** Also the policies that are added to a role later on: without them a function that stays can do nothing. */
export function retain(...constructs: IConstruct[]): void {
  for (const construct of constructs) Aspects.of(construct).add(RETAINED)
}
