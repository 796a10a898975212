'use client'
import Link from 'next/link'
import { type ReactNode, useEffect, useRef } from 'react'
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
export const Tabs = ({ label, tabs }: { label: string; tabs: readonly Tab[] }) => {
  const nav = useRef<HTMLElement>(null)
  const current = tabs.find(({ isCurrent }) => isCurrent)?.href
  // A narrow screen has no room for all of them: the one that is open is never cut off.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is the reason to look again
  useEffect(() => showCurrent(nav.current), [current])
  return (
    <nav ref={nav} aria-label={label} className={classes.tabs}>
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
}

const showCurrent = (nav: HTMLElement | null): void => {
  const tab = nav?.querySelector<HTMLElement>('[aria-current]')
  if (nav && tab && nav.scrollWidth > nav.clientWidth)
    nav.scrollLeft = tab.offsetLeft - nav.offsetLeft - (nav.clientWidth - tab.offsetWidth) / 2
}

export const TabCount = ({ children }: { children: ReactNode }) => <span className={classes.count}>{children}</span>
