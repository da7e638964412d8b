import { type ComponentType, lazy } from 'react'

type Page = { path: string; component: ComponentType }

const jobs = lazy(() => import('../pages/jobs/jobs-page.tsx'))

/** Each page is loaded when it is first opened. */
export const PAGES: readonly Page[] = [
  { path: '/', component: jobs },
  { path: '/jobs', component: jobs },
  { path: '/jobs/:id', component: lazy(() => import('../pages/job/job-page.tsx')) },
  { path: '/templates', component: lazy(() => import('../pages/templates/templates-page.tsx')) },
  { path: '/templates/:name', component: lazy(() => import('../pages/templates/template-page.tsx')) },
  { path: '/action-plans', component: lazy(() => import('../pages/action-plans/action-plans-page.tsx')) },
  { path: '/nodes', component: lazy(() => import('../pages/nodes/nodes-page.tsx')) },
  { path: '/notifications', component: lazy(() => import('../pages/notifications/notifications-page.tsx')) },
  { path: '/api', component: lazy(() => import('../pages/api/api-page.tsx')) },
]

/** `template`: shown only where the stack has it. */
export type Section = { text: string; href: string; template?: string }

/** What the side navigation shows. */
export const SECTIONS: readonly Section[] = [
  { text: 'Jobs', href: '#/jobs' },
  { text: 'Templates', href: '#/templates' },
  { text: 'Action plans', href: '#/action-plans', template: 'action-plan' },
  { text: 'Nodes', href: '#/nodes', template: 'node-power' },
  { text: 'Notifications', href: '#/notifications' },
  { text: 'API', href: '#/api' },
]
