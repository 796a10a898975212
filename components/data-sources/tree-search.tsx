import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { RefObject } from 'react'
import { plural } from '#lib/format/number'
import classes from './explorer.module.css'

interface TreeSearchProps {
  /** How many tables there are to search. */
  total: number
  q: string
  onType(q: string): void
  input?: RefObject<HTMLInputElement | null>
}

/** Searches tables and their comments at the server; Escape shows all again. */
export const TreeSearch = ({ total, q, onType, input }: TreeSearchProps) => (
  <div className={classes.searchRow}>
    <TextInput
      ref={input}
      className={classes.search ?? ''}
      size="sm"
      type="search"
      aria-label="Search tables and comments"
      placeholder={`Search ${plural(total, 'table')}`}
      leftSection={<IconSearch size={15} aria-hidden />}
      value={q}
      onChange={(event) => onType(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Escape' && onType('')}
      autoComplete="off"
      spellCheck={false}
    />
  </div>
)
