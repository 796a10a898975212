'use client'
import { MultiSelect } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import { isAborted, sentenceOf } from '#lib/client/problem'
import type { RelationName } from '#lib/connectors/contract'
import { visibleName } from '../data-sources/file-names.ts'
import { findTables } from './api.ts'
import { relationKey } from './plan.ts'

interface TablePickerProps {
  source: string
  value: readonly RelationName[]
  error: string | undefined
  onChange(tables: RelationName[]): void
}

/** Chooses tables by searching the source: there may be thousands, so only those that fit the search are fetched. */
export const TablePicker = ({ source, value, error, onChange }: TablePickerProps) => {
  const [q, setQ] = useState('')
  const { items, isMore, isSearching, problem } = useFound(source, q)
  const known = new Map([...value, ...items].map((one) => [relationKey(one), one]))
  return (
    <MultiSelect
      label="Tables"
      description={
        isMore
          ? 'Whose changes are captured. More fit than are shown: type a part of the name.'
          : 'Whose changes are captured. Type a part of the name to find one.'
      }
      placeholder={value.length === 0 ? 'Search tables' : ''}
      data={[...known].map(([key, one]) => ({ value: key, label: nameOf(one) }))}
      // The server has searched already, by its own rules.
      filter={({ options }) => options}
      value={value.map(relationKey)}
      onChange={(keys) => onChange(keys.flatMap((key) => known.get(key) ?? []))}
      searchable
      searchValue={q}
      onSearchChange={setQ}
      hidePickedOptions
      maxDropdownHeight={280}
      nothingFoundMessage={isSearching ? 'Searching …' : (problem ?? 'No such table that this login can see.')}
      error={error ?? problem}
      withAsterisk
    />
  )
}

const nameOf = ({ schema, name }: RelationName): string => `${visibleName(schema)}.${visibleName(name)}`

const nothing = { items: [] as RelationName[], isMore: false }

const useFound = (source: string, typed: string) => {
  const [q] = useDebouncedValue(typed.trim(), 200)
  const [found, setFound] = useState<typeof nothing>(nothing)
  const [isSearching, setSearching] = useState(true)
  const [problem, setProblem] = useState<string>()
  useEffect(() => {
    const abort = new AbortController()
    setSearching(true)
    findTables(source, q, abort.signal).then(
      (next) => {
        setFound(next)
        setProblem(undefined)
        setSearching(false)
      },
      (error: unknown) => {
        if (isAborted(error)) return
        setProblem(sentenceOf(error))
        setSearching(false)
      },
    )
    return () => abort.abort()
  }, [source, q])
  return { ...found, isSearching, problem }
}
