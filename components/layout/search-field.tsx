'use client'
import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { Keys } from './keys.tsx'
import classes from './toolbar.module.css'

interface SearchFieldProps {
  id: string
  label: string
  placeholder: string
  value: string | undefined
  isPending: boolean
  /** Called a moment after the last letter; `null` when nothing is left. */
  onSearch(text: string | null): void
}

/** The search of a list; / gets there, Escape leaves it. */
export const SearchField = ({ value, ...props }: SearchFieldProps) => (
  // A cleared address starts it over.
  <Field key={value === undefined ? 'empty' : 'set'} value={value} {...props} />
)

const Field = ({ id, label, placeholder, value, isPending, onSearch }: SearchFieldProps) => {
  const [text, setText] = useState(value ?? '')
  const search = useDebouncedCallback((typed: string) => onSearch(typed.trim() || null), 180)
  return (
    <TextInput
      id={id}
      type="search"
      className={classes.search ?? ''}
      leftSection={<IconSearch size={15} stroke={1.8} aria-hidden />}
      rightSection={text === '' ? <Keys keys={['/']} /> : null}
      aria-label={label}
      aria-busy={isPending}
      placeholder={placeholder}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value)
        search(event.currentTarget.value)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur()
      }}
    />
  )
}
