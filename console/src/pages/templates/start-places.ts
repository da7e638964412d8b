import { templateHref } from '../../app/location.ts'

/** Jobs of these are started by what they are about. */
const BY_NOUN: Record<string, { text: string; href: string }> = {
  'node-power': { text: 'Go to the nodes', href: '#/nodes' },
  'action-plan': { text: 'Go to the action plans', href: '#/action-plans' },
}

/** Where a job of the template is started. */
export const startOf = (template: string): { text: string; href: string } =>
  BY_NOUN[template] ?? { text: 'Start a job', href: `${templateHref(template)}?start=yes` }

export const hasForm = (template: string): boolean => BY_NOUN[template] === undefined
