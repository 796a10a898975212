import { useEffect, useRef, useState } from 'react'
import { callApi } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import type { QueryView } from '#lib/queries/schema'
import type { QueryCall } from './result-store.ts'

export const exportFormats = { csv: 'CSV', ndjson: 'NDJSON', json: 'JSON', parquet: 'Parquet' } as const
export type ExportName = keyof typeof exportFormats

export interface Exporting {
  /** Undefined until it was started. */
  id: string | undefined
  /** As the server has it; undefined until it was asked. */
  query: Pick<QueryView, 'status' | 'rows' | 'bytes' | 'error'> | undefined
  problem: string | undefined
}

const every_ms = 700

/** An export that the browser downloads by itself, and how far the server has come with it. */
export const useExport = ({ path, body }: QueryCall) => {
  const [state, setState] = useState<Exporting>({ id: undefined, query: undefined, problem: undefined })
  const [isStarting, setStarting] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])

  const watch = async (id: string): Promise<void> => {
    try {
      const { data: query } = await callApi<QueryView>(`/api/queries/${encodeURIComponent(id)}`)
      setState({ id, query, problem: query.error?.detail })
      if (!isUnderWay(query.status)) return
    } catch (error) {
      return setState((now) => ({ ...now, problem: sentenceOf(error) }))
    }
    timer.current = setTimeout(() => void watch(id), every_ms)
  }
  const start = async (format: ExportName, isFormulaSafe: boolean): Promise<void> => {
    setStarting(true)
    const { sql, written, parameters = [] } = body
    const asked = {
      sql,
      parameters,
      ...(written && { written }),
      format,
      formula_safe: isFormulaSafe && format === 'csv',
    }
    try {
      // An export is the neighbour of the statement that it repeats.
      const exports = path.replace(/\/queries$/, '/exports')
      const { data } = await callApi<{ id: string; download: string }>(exports, { method: 'POST', body: asked })
      Object.assign(document.createElement('a'), { href: data.download, download: '' }).click()
      await watch(data.id)
    } catch (error) {
      setState((now) => ({ ...now, problem: sentenceOf(error) }))
    } finally {
      setStarting(false)
    }
  }
  const cancel = () => {
    if (state.id) callApi(`/api/queries/${encodeURIComponent(state.id)}`, { method: 'DELETE' }).catch(() => undefined)
  }
  return { state, isStarting, start, cancel }
}

export const isUnderWay = (status: QueryView['status']): boolean => status === 'waiting' || status === 'running'
