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
  /** To the tree: an arrow down, Enter, or Escape with nothing to clear. */
  onLeave(): void
  input?: RefObject<HTMLInputElement | null>
}

/** Searches tables by name, comment and columns at the server; Escape shows all again. */
export const TreeSearch = ({ total, q, onType, onLeave, input }: TreeSearchProps) => (
  <div className={classes.searchRow}>
    <TextInput
      ref={input}
      className={classes.search ?? ''}
      size="sm"
      type="search"
      aria-label="Search tables, comments and columns"
      placeholder={`Search ${plural(total, 'table')}`}
      leftSection={<IconSearch size={15} aria-hidden />}
      value={q}
      onChange={(event) => onType(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return
        if (event.key === 'Escape' && q !== '') return onType('')
        if (!['Escape', 'ArrowDown', 'Enter'].includes(event.key)) return
        event.preventDefault()
        onLeave()
      }}
      autoComplete="off"
      spellCheck={false}
    />
  </div>
)
