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
]

/** What the side navigation shows. */
export const SECTIONS = [
  { text: 'Jobs', href: '#/jobs' },
  { text: 'Templates', href: '#/templates' },
] as const
