import { labStep } from '../lab-step.ts'

export const handler = labStep('third', 'checkpoint')
