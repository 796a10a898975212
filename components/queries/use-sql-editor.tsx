'use client'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { usePermissions } from '#components/layout/permissions'
import { showToast } from '#components/layout/toast'
import { ApiError } from '#lib/client/problem'
import type { SavedQuery } from '#lib/saved-queries/schema'
import type { EditorHandle } from './editor/codemirror.ts'
import { nameAt } from './sql/name-at.ts'
import { parametersOf } from './sql/parameters.ts'
import { type Statement, splitStatements, statementAt } from './sql/statements.ts'
import type { SqlPageProps } from './sql-page.tsx'
import { type Explain, type Run, type RunRequest, useRuns } from './use-runs.ts'
import { useTabs } from './use-tabs.tsx'

export type SqlEditor = ReturnType<typeof useSqlEditor>

const longestTaken = 100_000
const none: readonly string[] = []

interface Asked {
  tab: string
  names: readonly string[]
}

/** Everything the page does with the tabs, the editor and what is run. */
export const useSqlEditor = ({ source, writing, tabs: kept }: SqlPageProps) => {
  const dialect = writing.dialect ?? 'postgres'
  const handle = useRef<EditorHandle>(null)
  const tabs = useTabs(source.id, kept)
  const { active } = tabs
  const maySave = usePermissions().includes('queries:write')
  // Other pages lead here with a statement, which is put into a tab and never run by itself.
  const takeFromAddress = useEffectEvent(() => {
    const sql = new URLSearchParams(window.location.search).get('insert')
    if (sql === null) return
    window.history.replaceState(null, '', window.location.pathname)
    if (sql.length <= longestTaken) tabs.add({ sql })
  })
  useEffect(() => takeFromAddress(), [])
  const [dialog, setDialog] = useState<'save'>()
  const [asked, setAsked] = useState<Asked>()
  const [savedAt, setSavedAt] = useState(0)
  const [mayWrite, setMayWrite] = useState<ReadonlySet<string>>(new Set())
  const [writingNow, setWriting] = useState<RunRequest>()
  const runs = useRuns(source.id, dialect, (run) => underline(run))

  const underline = ({ tab, store, placeOf }: Run) => {
    const { problem } = store.get()
    if (tab !== active.id || !(problem instanceof ApiError) || problem.problem.position === undefined) return
    const place = placeOf(problem.problem.position)
    handle.current?.mark([{ ...nameAt(handle.current.text(), place, dialect), message: problem.message }])
  }
  /** A value that nobody gave is asked for once; running again sends an empty text. */
  const isAsking = (statements: readonly Statement[]): boolean => {
    const known = active.parameters
    const missing = statements
      .flatMap(({ sql }) => parametersOf(sql, dialect))
      .filter((name) => !Object.hasOwn(known, name))
    if (missing.length === 0) return false
    tabs.change(active.id, { parameters: { ...Object.fromEntries(missing.map((name) => [name, ''])), ...known } })
    setAsked({ tab: active.id, names: missing })
    return true
  }
  const begin = (request: RunRequest) => {
    handle.current?.mark([])
    if (request.isWrite) setWriting(request)
    else void runs.start(request)
  }
  const execute = (statements: readonly Statement[], explain?: Explain, isWrite = mayWrite.has(active.id)) => {
    if (statements.length === 0 || runs.isRunning(active.id) || isAsking(statements)) return
    setAsked(undefined)
    begin({ tab: active.id, statements, values: active.parameters, explain, isWrite: isWrite && !explain })
  }
  /** What is selected, else the statement at the cursor. */
  const meant = (): readonly Statement[] => {
    const { text, at } = { text: handle.current?.text() ?? active.sql, at: handle.current?.selection() }
    if (at && at.from !== at.to)
      return splitStatements(text.slice(at.from, at.to), dialect).map((one) => moved(one, at.from))
    const statement = statementAt(text, at?.head ?? 0, dialect)
    return statement ? [statement] : []
  }
  const actions = {
    insert: (text: string) => handle.current?.insert(text),
    open: (given: { sql: string }, run?: 'run') => {
      tabs.add(given)
      if (run) setPending(given.sql)
    },
    savedAt,
    ended: runs.ended,
  }
  const [pending, setPending] = useState<string>()
  if (pending !== undefined && active.sql === pending) {
    setPending(undefined)
    queueMicrotask(() => execute(splitStatements(pending, dialect), undefined, false))
  }
  return {
    source: source.id,
    sqlWriting: writing,
    handle,
    tabs,
    runs,
    actions,
    dialog,
    setDialog,
    parameters: parametersOf(active.sql, dialect),
    /** Parameters without a value that stopped a run. */
    asked: asked?.tab === active.id ? asked.names : none,
    isEmpty: active.sql.trim() === '',
    isRunning: runs.isRunning(active.id),
    mayWrite: mayWrite.has(active.id),
    allowWrites: (isOn: boolean) => setMayWrite((known) => withMember(known, active.id, isOn)),
    writing: writingNow && { ...writingNow, confirm: () => runs.start(writingNow) },
    dropWriting: () => setWriting(undefined),
    type: (sql: string) => tabs.change(active.id, { sql }),
    run: (what: 'current' | 'all') =>
      execute(what === 'all' ? splitStatements(handle.current?.text() ?? active.sql, dialect) : meant()),
    explain: (explain: Explain) => execute(meant().slice(0, 1), explain),
    stop: () => runs.cancel(active.id),
    placeIn: ({ placeOf }: Run, position: number) => ({
      line: active.sql.slice(0, placeOf(position)).split('\n').length,
      show: () => {
        const { from, to } = nameAt(handle.current?.text() ?? '', placeOf(position), dialect)
        handle.current?.select(from, to)
      },
    }),
    format: () => void formatted(handle.current, dialect),
    save: () => maySave && active.sql.trim() !== '' && setDialog('save'),
    close: (id: string) => {
      runs.forget(id)
      handle.current?.forget(id)
      tabs.close(id)
    },
    saved: ({ id, name }: SavedQuery) => {
      tabs.change(active.id, { saved_query: id, name })
      setSavedAt((times) => times + 1)
      setDialog(undefined)
    },
  }
}

const moved = ({ from, to, sql }: Statement, by: number): Statement => ({ from: from + by, to: to + by, sql })

const withMember = (set: ReadonlySet<string>, member: string, isIn: boolean): ReadonlySet<string> =>
  isIn ? new Set([...set, member]) : new Set([...set].filter((other) => other !== member))

const formatted = async (
  editor: EditorHandle | null,
  dialect: Parameters<typeof splitStatements>[1],
): Promise<void> => {
  if (!editor) return
  const { formatSql } = await import('./sql/format.ts')
  try {
    editor.replaceAll(formatSql(editor.text(), dialect))
  } catch {
    void showToast({
      id: 'sql-format',
      title: 'Could not be formatted',
      message: 'Something in the text is not finished.',
    })
  }
}
