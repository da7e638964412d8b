import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Template } from 'aws-cdk-lib/assertions'
import { type AppOptions, buildApp } from '#infra/build-app.ts'
import { stubBundles } from './stub-bundles.ts'

// CDK's own validation takes seconds; the strict one has a command of its own.
process.env.CDK_VALIDATION = 'false'

/** The stack's template, made as for a deployment, with empty bundles. */
export async function synthesize(options: AppOptions = {}): Promise<Template> {
  using bundles = stubBundles()
  const outdir = mkdtempSync(join(tmpdir(), 'standdown-assembly-'))
  try {
    const { app, stack } = await buildApp({ outdir, bundles: bundles.folder, ...options })
    app.synth()
    return Template.fromStack(stack)
  } finally {
    rmSync(outdir, { recursive: true })
  }
}

type Rendered = string | { Ref?: string; 'Fn::GetAtt'?: string[]; 'Fn::Join'?: [string, Rendered[]] }

/** A template's value as text: `arn:<AWS::Partition>:states:...`. */
export function readable(value: Rendered): string {
  if (typeof value === 'string') return value
  if (value.Ref) return `<${value.Ref}>`
  if (value['Fn::GetAtt']) return `<${value['Fn::GetAtt'].join('.')}>`
  const [separator, parts] = value['Fn::Join'] ?? ['', []]
  return parts.map(readable).join(separator)
}

export type Statement = { policy: string; actions: string[]; resources: string[] }

/** Every statement of every role's policy. */
export function statementsOf(template: Template): Statement[] {
  return Object.entries(template.findResources('AWS::IAM::Policy')).flatMap(([policy, { Properties }]) =>
    Properties.PolicyDocument.Statement.map(
      ({ Action, Resource }: { Action: string[]; Resource: Rendered[] }) => ({
        policy,
        actions: [Action].flat(),
        resources: [Resource].flat().map(readable),
      }),
    ),
  )
}
