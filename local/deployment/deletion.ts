import type { LambdaFunction } from '#local/lambda/environment.ts'
import { type Deployment, LATEST } from './deploy.ts'
import type { DeployedResource } from './ledger.ts'

/** Forgets a function, or one published version of it, with its code. */
export function forgetFunction({ ledger, codes }: Deployment, { name, arn, version }: LambdaFunction): void {
  const type = version === undefined ? 'AWS::Lambda::Function' : 'AWS::Lambda::Version'
  for (const resource of ledger.ofType(type)) if (resource.arn === arn) ledger.delete(resource)
  codes.remove(name, version === LATEST ? undefined : version)
}

export function forgetMachine({ ledger }: Deployment, machineArn: string): void {
  const isIt = ({ arn }: DeployedResource): boolean => arn === machineArn
  for (const machine of ledger.ofType('AWS::StepFunctions::StateMachine').filter(isIt)) ledger.delete(machine)
}
