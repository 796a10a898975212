import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { VisibleText } from './grid/cell-view.tsx'
import { visibleLine } from './grid/visible-text.ts'
import type { ResultColumn } from './result-store.ts'
import { canCompare, type Filter, type FilterOperator, filterOperators, withFilter } from './result-view.ts'
import classes from './results.module.css'

interface FilterBarProps {
  columns: readonly ResultColumn[]
  filters: readonly Filter[]
  /** The column that a filter is being made for. */
  draft: number | undefined
  onChange(filters: readonly Filter[]): void
  onDone(): void
}

/** The filters in force, each with a way to take it away, and the one that is being made. */
export const FilterBar = ({ columns, filters, draft, onChange, onDone }: FilterBarProps) => (
  <>
    {filters.map((filter) => (
      <span key={keyOf(filter)} className={classes.chip}>
        <VisibleText text={columns[filter.column]?.name ?? ''} length={40} /> {filterOperators[filter.operator]}{' '}
        {hasValue(filter.operator) &&
          (filter.value === '' ? <i>empty</i> : <VisibleText text={filter.value} length={40} />)}
        <ActionIcon
          variant="subtle"
          size={18}
          color="gray"
          aria-label={`Remove the filter of ${visibleLine(columns[filter.column]?.name ?? '')}`}
          onClick={() => onChange(filters.filter((other) => other !== filter))}
        >
          <IconX size={12} aria-hidden />
        </ActionIcon>
      </span>
    ))}
    {draft !== undefined && columns[draft] && (
      <FilterForm
        key={draft}
        column={columns[draft]}
        onCancel={onDone}
        onApply={(operator, value) => {
          onChange(withFilter(filters, { column: draft, operator, value }))
          onDone()
        }}
      />
    )}
  </>
)

interface FilterFormProps {
  column: ResultColumn
  onApply(operator: FilterOperator, value: string): void
  onCancel(): void
}

const FilterForm = ({ column, onApply, onCancel }: FilterFormProps) => {
  const [operator, setOperator] = useState<FilterOperator>(column.kind === 'text' ? 'contains' : 'equal')
  const [value, setValue] = useState('')
  const isWrong = hasValue(operator) && value !== '' && !canCompare(column.kind, operator, value)
  const apply = (event: FormEvent) => {
    event.preventDefault()
    if (!isWrong) onApply(operator, value)
  }
  return (
    <form
      className={classes.filterForm}
      method="post"
      onSubmit={apply}
      onKeyDown={(event) => event.key === 'Escape' && onCancel()}
    >
      <VisibleText text={column.name} length={40} />
      <NativeSelect
        size="xs"
        aria-label="Comparison"
        value={operator}
        onChange={(event) => setOperator(event.currentTarget.value as FilterOperator)}
        data={Object.entries(filterOperators).map(([key, label]) => ({ value: key, label }))}
      />
      {hasValue(operator) && (
        <TextInput
          size="xs"
          aria-label={`Value to compare ${visibleLine(column.name)} with`}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          error={isWrong && `This is no ${column.kind}.`}
          data-autofocus
          autoFocus
          autoComplete="off"
          spellCheck={false}
        />
      )}
      <Button type="submit" size="xs" disabled={isWrong}>
        Filter
      </Button>
      <Button size="xs" variant="default" onClick={onCancel}>
        Cancel
      </Button>
    </form>
  )
}

const hasValue = (operator: FilterOperator): boolean => operator !== 'null' && operator !== 'present'
const keyOf = ({ column, operator }: Filter): string => `${column} ${operator}`
