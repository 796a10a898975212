import { useRef, useState } from 'react'
import { callApi, streamApi } from '#lib/client/api'
import { ApiError, isAborted, sentenceOf } from '#lib/client/problem'
import type { ImportedLine, ImportFormat, PlannedImport } from '#lib/connections/imports/schema'

export interface Source {
  text: string
  format: ImportFormat | 'auto'
}

export interface Plan {
  source: Source
  format: ImportFormat
  items: readonly PlannedImport[]
}

type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Reads a file, shows what it would do, and does it; everything that was typed stays in this page. */
export const useImport = () => {
  const [plan, setPlan] = useState<Plan>()
  const [secrets, setSecrets] = useState<Secrets>({})
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [results, setResults] = useState<ReadonlyMap<string, ImportedLine>>(new Map())
  const [state, setState] = useState<'idle' | 'reading' | 'importing' | 'done'>('idle')
  const [problem, setProblem] = useState<string>()
  const abort = useRef<AbortController>(undefined)

  const attempt = async (busy: 'reading' | 'importing', work: (signal: AbortSignal) => Promise<typeof state>) => {
    abort.current = new AbortController()
    setProblem(undefined)
    setState(busy)
    try {
      setState(await work(abort.current.signal))
    } catch (error) {
      if (!isAborted(error)) setProblem(problemOf(error))
      setState('idle')
    }
  }

  const read = (source: Source) =>
    attempt('reading', async (signal) => {
      const { data, meta } = await callApi<PlannedImport[]>('/api/connections/import/plan', {
        method: 'POST',
        body: source,
        signal,
      })
      setPlan({ source, format: meta.format as ImportFormat, items: data })
      setChosen(new Set(data.filter(isOffered).map(({ conn_id }) => conn_id ?? '')))
      return 'idle'
    })

  const run = () =>
    attempt('importing', async (signal) => {
      const body = { ...plan?.source, secrets: typedOf(secrets, chosen), only: [...chosen] }
      const lines = streamApi<ImportedLine | { end: unknown } | { error: unknown }>('/api/connections/import', {
        method: 'POST',
        body,
        signal,
      })
      for await (const line of lines) {
        if ('error' in line)
          throw new Error('The import was broken off. What is marked as imported is there; import the rest again.')
        if ('result' in line) setResults((known) => new Map(known).set(line.label, line))
      }
      return 'done'
    })

  return {
    plan,
    secrets,
    chosen,
    results,
    state,
    problem,
    read,
    run,
    cancel: () => abort.current?.abort(),
    type: (id: string, field: string, value: string) =>
      setSecrets((known) => ({ ...known, [id]: { ...known[id], [field]: value } })),
    choose: (ids: ReadonlySet<string>) => setChosen(ids),
    restart: () => {
      setPlan(undefined)
      setSecrets({})
      setResults(new Map())
      setState('idle')
      setProblem(undefined)
    },
  }
}

/** Chosen at first: what is new or changed. A duplicate is for the person to decide. */
const isOffered = ({ action }: PlannedImport): boolean => action === 'create' || action === 'update'

/** Whether it can be chosen at all. */
export const isPossible = ({ action }: PlannedImport): boolean => action !== 'invalid' && action !== 'unchanged'

const typedOf = (secrets: Secrets, chosen: ReadonlySet<string>) =>
  Object.fromEntries(
    Object.entries(secrets)
      .filter(([id]) => chosen.has(id))
      .map(([id, fields]) => [id, Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))]),
  )

const problemOf = (error: unknown): string => {
  if (error instanceof ApiError) return [...error.fields.values()][0] ?? sentenceOf(error)
  return sentenceOf(error)
}
