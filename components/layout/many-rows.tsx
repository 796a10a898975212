'use client'
import { ActionIcon, Button, PasswordInput, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import classes from './many-rows.module.css'

/** One row of a map, as it is typed. */
export interface Pair {
  key: string
  value: string
}

interface RowsProps<T> {
  /** Of the first row; the others count on from it. */
  id: string
  label: string
  rows: readonly T[]
  onChange(rows: T[]): void
  placeholder?: string | undefined
  isRequired?: boolean
  /** About all of it. */
  error?: string | undefined
  /** About one row each. */
  rowErrors?: ReadonlyMap<number, string>
  describedBy?: string | undefined
  /** Buttons beside “Add”. */
  children?: ReactNode
}

/** Several values in an order. Enter adds a row, Backspace takes an empty one away. */
export const ListRows = (props: RowsProps<string>) => {
  const { id, label, rows, onChange, placeholder = '', rowErrors } = props
  return (
    <Rows
      {...props}
      blank=""
      isBlank={(row) => row === ''}
      draw={(remove) =>
        rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
          <div key={index} className={classes.listRow} data-row={index}>
            <TextInput
              id={index === 0 ? id : `${id}-${index}`}
              aria-label={`${label} ${index + 1}`}
              placeholder={placeholder}
              value={row}
              error={rowErrors?.get(index)}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => onChange(rows.with(index, event.currentTarget.value))}
            />
            <Remove label={`${label} ${index + 1}`} onClick={() => remove(index)} />
          </div>
        ))
      }
    />
  )
}

/** Several named values; secret ones can be shown while they are typed. */
export const PairRows = (props: RowsProps<Pair> & { isSecret?: boolean }) => {
  const { id, label, rows, onChange, placeholder = '', rowErrors, isSecret = false } = props
  const change = (index: number, part: Partial<Pair>) =>
    onChange(rows.map((row, at) => (at === index ? { ...row, ...part } : row)))
  return (
    <Rows
      {...props}
      blank={{ key: '', value: '' }}
      isBlank={({ key, value }) => key === '' && value === ''}
      draw={(remove) =>
        rows.map((row, index) => {
          const value = {
            'aria-label': `${label}: value ${index + 1}`,
            placeholder: 'Value',
            value: row.value,
            onChange: (event: { currentTarget: { value: string } }) =>
              change(index, { value: event.currentTarget.value }),
          }
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
            <div key={index} className={classes.pairRow} data-row={index}>
              <TextInput
                id={index === 0 ? id : `${id}-${index}`}
                aria-label={`${label}: name ${index + 1}`}
                placeholder={placeholder}
                value={row.key}
                error={rowErrors?.get(index)}
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => change(index, { key: event.currentTarget.value })}
              />
              {isSecret ? (
                <PasswordInput
                  {...value}
                  autoComplete="new-password"
                  visibilityToggleButtonProps={{ 'aria-label': `Show or hide value ${index + 1}`, tabIndex: 0 }}
                />
              ) : (
                <TextInput {...value} autoComplete="off" spellCheck={false} />
              )}
              <Remove label={`${label} ${index + 1}`} onClick={() => remove(index)} />
            </div>
          )
        })
      }
    />
  )
}

interface FrameProps<T> extends RowsProps<T> {
  blank: T
  isBlank(row: T): boolean
  draw(remove: (index: number) => void): ReactNode
}

const Rows = <T,>(props: FrameProps<T>) => {
  const { label, rows, onChange, isRequired, error, describedBy, blank, isBlank, draw, children } = props
  const set = useRef<HTMLFieldSetElement>(null)
  const wanted = useRef<number>(undefined)
  useEffect(() => {
    if (wanted.current === undefined) return
    set.current?.querySelector<HTMLElement>(`[data-row="${wanted.current}"] input`)?.focus()
    wanted.current = undefined
  })
  const go = (next: T[], row: number) => {
    wanted.current = row
    onChange(next)
  }
  const add = (at: number) => go(rows.toSpliced(at, 0, blank), at)
  // There is always a row to type in.
  const remove = (at: number) => go(rows.length === 1 ? [blank] : rows.toSpliced(at, 1), Math.max(0, at - 1))
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const at = rowAt(event)
    const row = at === undefined ? undefined : rows[at]
    if (at === undefined || row === undefined) return
    if (event.key === 'Enter') add(at + 1)
    else if (event.key === 'Backspace' && isBlank(row) && rows.length > 1) remove(at)
    else return
    event.preventDefault()
  }
  return (
    <fieldset className={classes.fieldset} aria-describedby={describedBy} ref={set} onKeyDown={onKeyDown}>
      <legend className={classes.label}>
        {label}
        {isRequired && (
          <span className={classes.required} aria-hidden>
            {' *'}
          </span>
        )}
      </legend>
      <div className={classes.rows}>
        {draw(remove)}
        {error && <p className={classes.error}>{error}</p>}
        <div>
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<IconPlus size={14} aria-hidden />}
            aria-label={`Add to ${label.toLowerCase()}`}
            onClick={() => add(rows.length)}
          >
            Add
          </Button>
          {children}
        </div>
      </div>
    </fieldset>
  )
}

/** The row whose text field a key was pressed in, unless it was pressed together with others. */
const rowAt = ({ target, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent<HTMLElement>): number | undefined => {
  if (!(target instanceof HTMLInputElement) || ctrlKey || metaKey || altKey || shiftKey) return undefined
  const row = target.closest<HTMLElement>('[data-row]')?.dataset.row
  return row === undefined ? undefined : Number(row)
}

const Remove = ({ label, onClick }: { label: string; onClick(): void }) => (
  <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${label}`} onClick={onClick}>
    <IconX size={15} aria-hidden />
  </ActionIcon>
)
