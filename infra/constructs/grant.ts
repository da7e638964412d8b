import { Stack, Validations } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'

export type WildcardGrant = {
  actions: string[]
  arns: string[]
  /** Why an ARN ends in a wildcard. */
  wildcards: string
  /** @default none */
  conditions?: Record<string, Record<string, unknown>>
}

/** Grants actions on ARNs that end in a wildcard, and tells cdk-nag why just these have to. */
export function grant(
  grantee: iam.IGrantable,
  { actions, arns, wildcards: reason, ...more }: WildcardGrant,
): void {
  iam.Grant.addToPrincipal({ grantee, actions, resourceArns: arns, ...more })
  const role = grantee.grantPrincipal
  if (!(role instanceof Construct)) return
  for (const arn of arns) {
    const finding = `AwsSolutions-IAM5[Resource::${readable(Stack.of(role).resolve(arn))}]`
    Validations.of(role).acknowledge({ id: finding, reason })
  }
}

type Rendered = string | { Ref?: string; 'Fn::GetAtt'?: string[]; 'Fn::Join'?: [string, Rendered[]] }

/** As cdk-nag writes an ARN in its findings: `arn:<AWS::Partition>:states:...`. */
function readable(arn: Rendered): string {
  if (typeof arn === 'string') return arn
  if (arn.Ref) return `<${arn.Ref}>`
  if (arn['Fn::GetAtt']) return `<${arn['Fn::GetAtt'].join('.')}>`
  const [separator, parts] = arn['Fn::Join'] ?? ['', []]
  return parts.map(readable).join(separator)
}
