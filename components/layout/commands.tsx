import {
  IconDatabaseSearch,
  IconDeviceDesktop,
  IconLogout,
  IconMoon,
  IconPlugConnected,
  IconPlus,
  IconSun,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { ConnectorLogo } from '#components/connectors/connector-logo'
import type { Permission } from '#lib/auth/permissions'
import type { ConnectionView } from '#lib/connections/schema'
import { navItems } from './nav-items.ts'
import { signOut } from './sign-out.ts'
import { testWithToast } from './test-toast.tsx'

export interface Command {
  id: string
  label: string
  hint?: string
  icon: ReactNode
  run(): void
}

interface CommandGroup {
  label: string
  commands: Command[]
}

interface CommandContext {
  query: string
  /** What the server found for the query. */
  connections: readonly ConnectionView[]
  permissions: readonly Permission[]
  navigate(href: string): void
  setColorScheme(scheme: 'auto' | 'light' | 'dark'): void
}

/** Everything the palette offers for a query, in groups that are never empty. */
export const commandsFor = (context: CommandContext): CommandGroup[] => {
  const matching = (commands: Command[]) => commands.filter((command) => matches(command, context.query))
  return [
    { label: 'Connections', commands: context.connections.map((one) => openCommand(one, context)) },
    { label: 'With these connections', commands: context.query.trim() ? connectionCommands(context) : [] },
    { label: 'Create', commands: matching(createCommands(context)) },
    { label: 'Go to', commands: matching(pageCommands(context)) },
    { label: 'Preferences', commands: matching(preferenceCommands(context)) },
  ].filter((group) => group.commands.length > 0)
}

const iconProps = { size: 17, stroke: 1.6, 'aria-hidden': true } as const

const openCommand = (one: ConnectionView, { navigate }: CommandContext): Command => ({
  id: `open:${one.id}`,
  label: one.name,
  hint: one.conn_id,
  icon: <ConnectorLogo type={one.type} name={one.name} size={22} />,
  run: () => navigate(`/workspace/connections/${one.id}/edit`),
})

const connectionCommands = ({ connections, permissions, navigate }: CommandContext): Command[] =>
  connections.slice(0, 3).flatMap((one) => [
    ...(permissions.includes('connections:test')
      ? [
          {
            id: `test:${one.id}`,
            label: `Test ${one.name}`,
            icon: <IconPlugConnected {...iconProps} />,
            run: () => void testWithToast(one),
          },
        ]
      : []),
    ...(one.role === 'source' && permissions.includes('data-sources:read')
      ? [
          {
            id: `tables:${one.id}`,
            label: `Open the tables of ${one.name}`,
            icon: <IconDatabaseSearch {...iconProps} />,
            run: () => navigate(`/workspace/data-sources/${one.id}`),
          },
        ]
      : []),
  ])

const creatable = [
  { label: 'New source connection', href: '/workspace/connections/new?role=source', permission: 'connections:write' },
  {
    label: 'New destination connection',
    href: '/workspace/connections/new?role=destination',
    permission: 'connections:write',
  },
  { label: 'New credential', href: '/workspace/credentials/new', permission: 'credentials:write' },
  { label: 'New API key', href: '/workspace/api-keys?new', permission: 'api-keys:write' },
] as const satisfies readonly { label: string; href: string; permission: Permission }[]

const createCommands = ({ permissions, navigate }: CommandContext): Command[] =>
  creatable
    .filter(({ permission }) => permissions.includes(permission))
    .map(({ label, href }) => ({
      id: href,
      label,
      icon: <IconPlus {...iconProps} />,
      run: () => navigate(href),
    }))

const pageCommands = ({ permissions, navigate }: CommandContext): Command[] =>
  navItems
    .filter(({ permission }) => permissions.includes(permission))
    .map(({ href, label, icon: Icon }) => ({
      id: href,
      label,
      icon: <Icon {...iconProps} />,
      run: () => navigate(href),
    }))

const preferenceCommands = ({ setColorScheme }: CommandContext): Command[] => [
  {
    id: 'scheme:light',
    label: 'Light appearance',
    icon: <IconSun {...iconProps} />,
    run: () => setColorScheme('light'),
  },
  {
    id: 'scheme:dark',
    label: 'Dark appearance',
    icon: <IconMoon {...iconProps} />,
    run: () => setColorScheme('dark'),
  },
  {
    id: 'scheme:auto',
    label: 'Appearance like the system',
    icon: <IconDeviceDesktop {...iconProps} />,
    run: () => setColorScheme('auto'),
  },
  { id: 'sign-out', label: 'Sign out', icon: <IconLogout {...iconProps} />, run: () => void signOut() },
]

const matches = ({ label }: Command, query: string): boolean =>
  query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => label.toLowerCase().includes(word))
