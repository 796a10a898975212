'use client'
import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { Keys } from './keys.tsx'
import classes from './toolbar.module.css'

interface SearchFieldProps {
  id: string
  label: string
  placeholder: string
  value: string | undefined
  isPending: boolean
  /** Called with every letter. */
  onType?(text: string): void
  /** Called a moment after the last letter; `null` when nothing is left. */
  onSearch(text: string | null): void
}

/** The search of a list; / gets there, Escape empties it and then leaves it. */
export const SearchField = ({ id, label, placeholder, value = '', isPending, onType, onSearch }: SearchFieldProps) => {
  const [text, setText] = useState(value)
  const show = (typed: string) => {
    setText(typed)
    onType?.(typed)
  }
  const send = useSentSearches(value, show, onSearch)
  const sendSoon = useDebouncedCallback(send, 120)
  const type = (typed: string) => {
    show(typed)
    sendSoon(typed)
  }
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
      maxLength={200}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.preventDefault()
        if (text === '') event.currentTarget.blur()
        else type('')
      }}
    />
  )
}

/** Sends what was typed. An address that changes to something never sent was changed elsewhere: the field follows. */
const useSentSearches = (
  value: string,
  follow: (value: string) => void,
  onSearch: (text: string | null) => void,
): ((typed: string) => void) => {
  const sent = useRef([value])
  const followNow = useEffectEvent(follow)
  useEffect(() => {
    if (!sent.current.includes(value)) followNow(value)
    // Answers may come late; only the last one settles it.
    if (!sent.current.includes(value) || value === sent.current.at(-1)) sent.current = [value]
  }, [value])
  return (typed) => {
    const q = typed.trim()
    sent.current.push(q)
    onSearch(q || null)
  }
}
