'use client'
import { Checkbox, PasswordInput } from '@mantine/core'
import Link from 'next/link'
import { ConnectorLogo } from '#components/connectors/connector-logo'
import { Badge } from '#components/layout/badge'
import { Table } from '#components/layout/table'
import type { ImportedLine, PlannedImport } from '#lib/connections/imports/schema'
import table from '../../layout/table.module.css'
import { fieldWords } from '../field-words.ts'
import classes from './import.module.css'
import { isPossible } from './use-import.ts'

interface PlanTableProps {
  items: readonly PlannedImport[]
  chosen: ReadonlySet<string>
  results: ReadonlyMap<string, ImportedLine>
  secrets: Readonly<Record<string, Readonly<Record<string, string>>>>
  isLocked: boolean
  onChoose(ids: ReadonlySet<string>): void
  onType(id: string, field: string, value: string): void
}

/** What a file would do, one line a connection: to choose, and to enter what the file does not hold. */
export const PlanTable = ({ items, chosen, results, secrets, isLocked, onChoose, onType }: PlanTableProps) => (
  <Table
    label="What the file would do"
    columns={[{ title: 'Chosen', isHidden: true }, 'Connection', 'Would be', 'Details']}
  >
    {items.map((item) => {
      const id = item.conn_id ?? ''
      const isChosen = isPossible(item) && chosen.has(id)
      const toggle = () =>
        onChoose(isChosen ? new Set([...chosen].filter((one) => one !== id)) : new Set([...chosen, id]))
      return (
        <tr key={item.label} className={table.row} data-chosen={isChosen}>
          <td className={classes.box}>
            <Checkbox
              aria-label={`Import ${item.label}`}
              checked={isChosen}
              disabled={isLocked || !isPossible(item)}
              onChange={toggle}
            />
          </td>
          <td>
            <Identity item={item} />
          </td>
          <td>
            <Outcome item={item} result={results.get(item.label)} />
          </td>
          <td className={classes.details}>
            <Details item={item} result={results.get(item.label)} />
            {isChosen &&
              item.needs.map((field) => (
                <PasswordInput
                  key={field}
                  size="xs"
                  label={`${fieldWords(field)} of ${id}`}
                  placeholder="Empty: enter it later"
                  autoComplete="off"
                  disabled={isLocked}
                  value={secrets[id]?.[field] ?? ''}
                  onChange={(event) => onType(id, field, event.currentTarget.value)}
                />
              ))}
          </td>
        </tr>
      )
    })}
  </Table>
)

const Identity = ({ item: { label, conn_id, name, type, summary } }: { item: PlannedImport }) => (
  <span className={table.identity}>
    <ConnectorLogo type={type ?? ''} name={name ?? label} size={28} />
    <span>
      <span className={table.name}>{name ?? label}</span>
      <span className={table.mono}>{[conn_id, summary].filter(Boolean).join(' · ')}</span>
    </span>
  </span>
)

const actions = {
  create: ['accent', 'New'],
  update: ['warning', 'Changed'],
  unchanged: ['neutral', 'As it is'],
  duplicate: ['neutral', 'Duplicate'],
  invalid: ['danger', 'Not possible'],
} as const
const outcomes = {
  created: ['success', 'Made'],
  updated: ['success', 'Changed'],
  unchanged: ['neutral', 'As it was'],
  skipped: ['neutral', 'Left out'],
  failed: ['danger', 'Failed'],
} as const

const Outcome = ({ item, result }: { item: PlannedImport; result: ImportedLine | undefined }) => {
  const [tone, word] = result ? outcomes[result.result] : actions[item.action]
  return <Badge tone={tone}>{word}</Badge>
}

const Details = ({ item, result }: { item: PlannedImport; result: ImportedLine | undefined }) => (
  <>
    {item.problems.map(({ pointer, message }) => (
      <p key={pointer + message} data-tone="danger">
        {message}
      </p>
    ))}
    {item.duplicate_of && (
      <p>
        <Link href={`/workspace/connections/${item.duplicate_of}/edit`}>{item.duplicate_of}</Link> goes to the same
        place with the same login. Choose it to have both.
      </p>
    )}
    {item.changes.map(({ field, before, after }) => (
      <p key={field}>
        <code>{field}</code> {before !== undefined && <del>{show(before)}</del>}
        {after !== undefined && <ins>{show(after)}</ins>}
        {before === undefined && after === undefined && 'new value'}
      </p>
    ))}
    {item.notes.map((note) => (
      <p key={note}>{note}</p>
    ))}
    {result?.message && <p data-tone={result.result === 'failed' ? 'danger' : undefined}>{result.message}</p>}
  </>
)

const show = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
