import AppLayout from '@cloudscape-design/components/app-layout'
import Box from '@cloudscape-design/components/box'
import Flashbar from '@cloudscape-design/components/flashbar'
import { I18nProvider } from '@cloudscape-design/components/i18n'
import messages from '@cloudscape-design/components/i18n/messages/all.en'
import SideNavigation from '@cloudscape-design/components/side-navigation'
import Spinner from '@cloudscape-design/components/spinner'
import { QueryClientProvider } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { Route, Router, Switch } from 'wouter'
import { useTemplates } from '../api/jobs.ts'
import { queryClient } from '../api/query-client.ts'
import { useFlashes } from './flashes.ts'
import { Header } from './header.tsx'
import { useHashLocation, useHashSearch } from './location.ts'
import { PAGES, SECTIONS } from './pages.tsx'
import { ShortcutHelp } from './shortcut-help.tsx'

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <I18nProvider locale="en" messages={[messages]}>
        <Router hook={useHashLocation} searchHook={useHashSearch}>
          <Frame />
        </Router>
      </I18nProvider>
    </QueryClientProvider>
  )
}

const WIDE = matchMedia('(min-width: 1300px)')

function Frame() {
  const [isNavigationOpen, openNavigation] = useState(WIDE.matches)
  const [isHelpOpen, openHelp] = useState(false)
  const flashes = useFlashes()
  return (
    <>
      <Header onHelp={() => openHelp(true)} />
      <AppLayout
        headerSelector="#header"
        toolsHide
        navigation={<Navigation />}
        navigationOpen={isNavigationOpen}
        navigationWidth={220}
        onNavigationChange={({ detail }) => openNavigation(detail.open)}
        notifications={<Flashbar items={flashes} stackItems />}
        content={<CurrentPage />}
        maxContentWidth={Number.MAX_VALUE}
        ariaLabels={{
          navigation: 'Pages',
          navigationToggle: 'Open the list of pages',
          navigationClose: 'Close the list of pages',
          notifications: 'Messages',
        }}
      />
      <ShortcutHelp isOpen={isHelpOpen} onOpen={() => openHelp(true)} onClose={() => openHelp(false)} />
    </>
  )
}

function Navigation() {
  const [path] = useHashLocation()
  const names = useTemplates().data?.items.map(({ name }) => name) ?? []
  const sections = SECTIONS.filter(({ template }) => template === undefined || names.includes(template))
  const active = sections.find(({ href }) => `#${path}`.startsWith(href))?.href ?? '#/jobs'
  return (
    <SideNavigation
      activeHref={active}
      items={sections.map(({ text, href }) => ({ type: 'link' as const, text, href }))}
    />
  )
}

function CurrentPage() {
  return (
    <Suspense fallback={<Loading />}>
      <Switch>
        {PAGES.map(({ path, component }) => (
          <Route key={path} path={path} component={component} />
        ))}
        <Route>
          <Box variant="h1">There is no such page</Box>
          <Box variant="p">Choose one in the list of pages.</Box>
        </Route>
      </Switch>
    </Suspense>
  )
}

const Loading = () => (
  <Box textAlign="center" padding="xxl">
    <Spinner size="large" /> <Box variant="span">Loading</Box>
  </Box>
)
