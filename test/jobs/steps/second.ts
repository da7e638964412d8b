import { labStep } from '../lab-step.ts'

export const handler = labStep('second', 'checkpoint')
