'use client'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import type { Permission } from '#lib/auth/permissions'
import { closeSidebar } from './close-sidebar.ts'
import { type NavItem, navItems } from './nav-items.ts'
import classes from './shell.module.css'

/** The sidebar's links, the current one marked. */
export const NavLinks = ({ permissions }: { permissions: readonly Permission[] }) => {
  const pathname = usePathname()
  const allowed = navItems.filter((item) => permissions.includes(item.permission))
  return (
    <>
      {(['main', 'manage'] as const).map((group) => (
        <ul key={group} className={classes.navGroup}>
          {allowed.filter((item) => item.group === group).map((item) => linkTo(item, pathname))}
        </ul>
      ))}
    </>
  )
}

const linkTo = ({ href, label, icon: Icon }: NavItem, pathname: string) => (
  <li key={href}>
    <Link
      href={href}
      className={classes.navLink}
      onClick={closeSidebar}
      aria-current={pathname === href ? 'page' : undefined}
      data-active={pathname === href || pathname.startsWith(`${href}/`) || undefined}
    >
      <Icon size={17} stroke={1.6} aria-hidden />
      {label}
    </Link>
  </li>
)
