'use client'
import { useLocalStorage } from '@mantine/hooks'
import { type ReactNode, useState } from 'react'
import { sentenceOf } from '#lib/client/problem'
import type { SqlWriting } from '#lib/connectors/contract'
import { formatNumber, plural } from '#lib/format/number'
import { showToast } from '../layout/toast.tsx'
import { type CopyFormat, cellText, copyFormats, type Written } from './copy-text.ts'
import { InsertDialog } from './insert-dialog.tsx'
import { tableOf } from './sql-literal.ts'
import { copyRows, copyText, downloadRows } from './take-away.ts'
import type { TakeSettings } from './take-menu.tsx'

type How = 'copy' | 'download'
interface Asked {
  how: How
  written: Written
}

export interface Taking {
  settings: TakeSettings
  setSettings(settings: TakeSettings): void
  take(how: How, format: CopyFormat, written: Written): void
  /** One value as it is; several as a spreadsheet takes them. */
  copyCells(written: Written): void
  copyName(name: string): void
  /** A question that is open. */
  dialog: ReactNode
}

/** Copying and saving of rows, with the questions and sentences that belong to it. */
export const useTaking = ({ writing, sql }: { writing: SqlWriting; sql: string }): Taking => {
  const [settings, setSettings] = useLocalStorage<TakeSettings>({
    key: 'jackfield.results.take',
    defaultValue: { hasHeader: true, isFormulaSafe: true },
  })
  const [asked, setAsked] = useState<Asked>()

  const run = async (how: How, format: CopyFormat, written: Written, table = '') => {
    const options = { ...settings, table, writing }
    await (how === 'copy' ? copyRows : downloadRows)(format, written, options)
    if (how === 'copy') say(`Copied ${plural(written.count, 'row')} as ${copyFormats[format].label}.`)
  }
  const take: Taking['take'] = (how, format, written) => {
    if (format === 'insert') setAsked({ how, written })
    else run(how, format, written).catch(complain)
  }
  const copyCells = (written: Written) => {
    const isOne = written.count === 1 && written.columns.length === 1
    const copying = isOne
      ? copyText(cellText(written.rowAt(0)[0] ?? null)).then(() => say('Copied the value.'))
      : run('copy', 'tsv', written)
    copying.catch(complain)
  }
  const copyName = (name: string) => {
    copyText(name).then(() => say('Copied the name.'), complain)
  }
  const dialog = asked && (
    <InsertDialog
      guess={tableOf(sql)}
      action={asked.how === 'copy' ? 'Copy' : 'Save'}
      onClose={() => setAsked(undefined)}
      onConfirm={async (table) => {
        await run(asked.how, 'insert', asked.written, table)
        setAsked(undefined)
      }}
    />
  )
  return { settings, setSettings, take, copyCells, copyName, dialog }
}

/** "All 10,000 rows", or what of them. */
export const scopeOf = ({ count, columns }: Written, isAll: boolean): string =>
  isAll ? `All ${formatNumber(count)} rows shown` : `${plural(count, 'row')} × ${plural(columns.length, 'column')}`

const toast = { id: 'result:copied' }
const say = (message: string) => void showToast({ ...toast, message, color: 'green', autoClose: 3_000 })
const complain = (error: unknown) => void showToast({ ...toast, message: sentenceOf(error), color: 'red' })
