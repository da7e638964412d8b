import { labStep } from '../lab-step.ts'

export const handler = labStep('solo', 'checkpoint')
