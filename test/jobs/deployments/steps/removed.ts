import { deployedStep } from '../deployed-step.ts'

export const handler = deployedStep('removed')
