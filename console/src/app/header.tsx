import TopNavigation from '@cloudscape-design/components/top-navigation'
import { chooseTheme, THEMES, useTheme } from './theme.ts'

const THEME_NAMES = { system: "The system's", light: 'Light', dark: 'Dark' } as const

/** The bar above every page. */
export function Header({ onHelp }: { onHelp: () => void }) {
  const theme = useTheme()
  return (
    <div id="header">
      <TopNavigation
        identity={{ href: '#/jobs', title: 'Standdown', logo: { src: './favicon.svg', alt: 'Home' } }}
        utilities={[
          {
            type: 'menu-dropdown',
            text: 'Theme',
            iconName: 'settings',
            items: THEMES.map((id) => ({
              id,
              text: THEME_NAMES[id],
              itemType: 'checkbox' as const,
              checked: id === theme,
            })),
            onItemClick: ({ detail }) => {
              const picked = THEMES.find((id) => id === detail.id)
              if (picked) chooseTheme(picked)
            },
          },
          { type: 'button', text: 'Shortcuts', iconName: 'keyboard', onClick: onHelp },
        ]}
        i18nStrings={{ overflowMenuTriggerText: 'More', overflowMenuTitleText: 'More' }}
      />
    </div>
  )
}
