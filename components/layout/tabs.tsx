import Link from 'next/link'
import type { ReactNode } from 'react'
import classes from './tabs.module.css'

interface Tab {
  label: string
  href: string
  isCurrent: boolean
  /** What stands behind the name: a count. */
  mark?: ReactNode
  /** At the other end of the line: the bin. */
  isApart?: boolean
}

/** The sides of a page, each with an address of its own. */
export const Tabs = ({ label, tabs }: { label: string; tabs: readonly Tab[] }) => (
  <nav aria-label={label} className={classes.tabs}>
    {tabs.map(({ label: name, href, isCurrent, mark, isApart }) => (
      <Link
        key={name}
        href={href}
        className={classes.tab}
        aria-current={isCurrent ? 'page' : undefined}
        data-apart={isApart || undefined}
      >
        {name}
        {mark}
      </Link>
    ))}
  </nav>
)

export const TabCount = ({ children }: { children: ReactNode }) => <span className={classes.count}>{children}</span>
