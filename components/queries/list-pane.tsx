'use client'
import { Button, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './queries.module.css'

interface ListPaneProps {
  label: string
  /** The state of `usePages`. */
  pages: {
    q: string
    search(text: string): void
    more(): void
    cursor: string | null
    isLoading: boolean
    problem: string | undefined
  }
  isEmpty: boolean
  nothing: string
  children: ReactNode
}

/** A searched list in the pane beside the editor. */
export const ListPane = ({ label, pages, isEmpty, nothing, children }: ListPaneProps) => (
  <div className={classes.listPane}>
    <TextInput
      size="sm"
      type="search"
      className={classes.listSearch ?? ''}
      aria-label={`Search: ${label}`}
      placeholder="Search"
      leftSection={<IconSearch size={15} aria-hidden />}
      value={pages.q}
      maxLength={200}
      onChange={(event) => pages.search(event.currentTarget.value)}
    />
    {pages.problem !== undefined && (
      <p className={classes.listNote} role="alert">
        {pages.problem}
      </p>
    )}
    {isEmpty && !pages.isLoading && pages.problem === undefined && (
      <p className={classes.listNote}>{pages.q.trim() === '' ? nothing : 'Nothing matches.'}</p>
    )}
    <ul className={classes.list} aria-label={label} aria-busy={pages.isLoading}>
      {children}
    </ul>
    {pages.cursor !== null && (
      <Button variant="subtle" color="gray" size="compact-sm" loading={pages.isLoading} onClick={pages.more}>
        Show more
      </Button>
    )}
  </div>
)

interface ListEntryProps {
  /** Opens it in a tab. */
  onOpen: () => void
  /** Goes back to the editor where only one of them has room. */
  onDone: () => void
  /** What else can be done with it. */
  action?: ReactNode
  children: ReactNode
}

/** One statement of the list. */
export const ListEntry = ({ onOpen, onDone, action, children }: ListEntryProps) => (
  <li className={classes.listItem}>
    <button
      type="button"
      className={classes.listButton}
      onClick={() => {
        onOpen()
        onDone()
      }}
    >
      {children}
    </button>
    {action}
  </li>
)
