import { IconMenu2 } from '@tabler/icons-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { Confirm } from '#components/auth/confirm'
import type { Permission } from '#lib/auth/permissions'
import { CommandButton } from './command-button.tsx'
import { Logo } from './logo.tsx'
import { NavLinks } from './nav-links.tsx'
import { PermissionsProvider } from './permissions.tsx'
import classes from './shell.module.css'
import { UserMenu } from './user-menu.tsx'

interface ShellProps {
  workspace: { name: string }
  user: { id: string; name: string; email: string | null; role: string }
  permissions: readonly Permission[]
  /** A notice that concerns every page, such as locked credentials. */
  banner?: ReactNode
  children: ReactNode
}

/** The frame of every signed-in page: sidebar, notice, content. */
export const Shell = ({ workspace, user, permissions, banner, children }: ShellProps) => (
  <div className={classes.shell}>
    <a href="#content" className={classes.skip}>
      Skip to content
    </a>
    <header className={classes.topbar}>
      <button type="button" className={classes.burger} popoverTarget="sidebar" aria-label="Navigation">
        <IconMenu2 size={19} stroke={1.7} aria-hidden />
      </button>
      <Link href="/workspace/connections" className={classes.brand}>
        <Logo size={20} />
        Jackfield
      </Link>
    </header>
    {/* A popover on narrow screens and a plain column on wide ones: the browser closes it on Escape and outside clicks. */}
    <aside id="sidebar" popover="auto" aria-label="Workspace" className={classes.sidebar}>
      <Link href="/workspace/connections" className={classes.workspace}>
        <Logo size={26} />
        <span className={classes.workspaceText}>
          <span className={classes.workspaceName}>{workspace.name}</span>
          <span className={classes.product}>Jackfield</span>
        </span>
      </Link>
      <CommandButton permissions={permissions} />
      <nav aria-label="Main" className={classes.nav}>
        <NavLinks permissions={permissions} />
      </nav>
      <UserMenu name={user.name} email={user.email} role={user.role} />
    </aside>
    <main id="content" tabIndex={-1} className={classes.main}>
      {banner}
      <PermissionsProvider value={permissions}>{children}</PermissionsProvider>
    </main>
    <Confirm user={user} />
  </div>
)
