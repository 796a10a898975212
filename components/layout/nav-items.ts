import {
  IconDatabase,
  IconHistory,
  IconKey,
  IconLock,
  IconPlug,
  IconRoute,
  IconSettings,
  IconUsers,
} from '@tabler/icons-react'
import type { Permission } from '#lib/auth/permissions'

/** The sidebar, top to bottom; an entry is shown to those who hold its permission. */
export const navItems = [
  {
    href: '/workspace/connections',
    label: 'Connections',
    icon: IconPlug,
    group: 'main',
    permission: 'connections:read',
  },
  {
    href: '/workspace/data-sources',
    label: 'Data sources',
    icon: IconDatabase,
    group: 'main',
    permission: 'data-sources:read',
  },
  {
    href: '/workspace/credentials',
    label: 'Credentials',
    icon: IconLock,
    group: 'main',
    permission: 'credentials:read',
  },
  {
    href: '/workspace/pipelines',
    label: 'Pipelines',
    icon: IconRoute,
    group: 'main',
    permission: 'pipelines:read',
  },
  { href: '/workspace/members', label: 'Members', icon: IconUsers, group: 'manage', permission: 'members:read' },
  { href: '/workspace/api-keys', label: 'API keys', icon: IconKey, group: 'manage', permission: 'api-keys:read' },
  { href: '/workspace/audit', label: 'Audit', icon: IconHistory, group: 'manage', permission: 'audit:read' },
  { href: '/workspace/settings', label: 'Settings', icon: IconSettings, group: 'manage', permission: 'workspace:read' },
] as const satisfies readonly NavItem[]

export interface NavItem {
  href: string
  label: string
  icon: typeof IconPlug
  group: 'main' | 'manage'
  permission: Permission
}
