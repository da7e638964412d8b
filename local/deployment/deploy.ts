import type { LambdaFunction } from '#local/lambda/environment.ts'
import { readFunction, readStateMachine } from '#local/template/compute-resources.ts'
import type { Model } from '#local/template/model.ts'
import { CodeStore } from './code-store.ts'
import { type DeployedResource, type Ledger, numberIn } from './ledger.ts'

export const LATEST = '$LATEST'

/** A function with its published versions, as a deployment left them in the account. */
export type Deployment = { ledger: Ledger; codes: CodeStore; functions: LambdaFunction[] }

/**
 * Deploys the template into the data folder. What an earlier one retained runs on: the model gets its state machines,
 * the deployment its functions; and every published version keeps its code.
 */
export function deploy(model: Model, ledger: Ledger, dataDir: string): Deployment {
  const codes = new CodeStore(dataDir)
  const known = new Set(ledger.ofType('AWS::Lambda::Version').map(({ arn }) => arn))
  for (const { type, name, properties, arn } of ledger.deploy(model.resources, Date.now())) {
    if (type === 'AWS::Lambda::Function') codes.remove(name)
    if (type === 'AWS::Lambda::Version') codes.remove(String(properties.FunctionName), numberIn(arn))
  }
  const latest = new Map(model.functions.map((fn) => [fn.name, fn]))
  for (const { name, retained } of ledger.ofType('AWS::Lambda::Function')) {
    const fn = latest.get(name)
    if (fn && retained) codes.keep(name, LATEST, fn.codeDir)
  }
  const published = ledger.ofType('AWS::Lambda::Version')
  for (const { properties, arn } of published) {
    const name = String(properties.FunctionName)
    const fn = latest.get(name)
    // Published by a deployment that a kill cut off, it may have kept other code.
    if (fn && (!known.has(arn) || !codes.has(name, numberIn(arn))))
      codes.keep(name, numberIn(arn), fn.codeDir)
  }
  ledger.save()
  model.stateMachines.push(
    ...ledger.ofType('AWS::StepFunctions::StateMachine').filter(left).map(readStateMachine),
  )
  const retained = ledger.ofType('AWS::Lambda::Function').filter(left)
  const functions = [
    ...model.functions,
    ...retained.map((fn) => readFunction(fn, codes.folderOf(fn.name, LATEST))),
    ...published.map((version) => versionOf(version, codes)),
  ]
  return { ledger, codes, functions }
}

const left = ({ owned }: DeployedResource): boolean => !owned

function versionOf({ logicalId, arn, properties }: DeployedResource, codes: CodeStore): LambdaFunction {
  const name = String(properties.FunctionName)
  const version = numberIn(arn)
  return { ...readFunction({ logicalId, name, arn, properties }, codes.folderOf(name, version)), version }
}
