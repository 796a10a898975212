import { useRef, useState } from 'react'
import { streamApi } from '#lib/client/api'
import { isAborted, problemFrom } from '#lib/client/problem'
import type { PageLine } from '#lib/connectors/contract'

/** A preview as it stands: the lines that have come, and how it ended. */
export interface PagesRun {
  phase: 'idle' | 'running' | 'done' | 'cancelled' | 'error'
  lines: PageLine[]
  /** Why the preview itself could not run. */
  error?: unknown
}

type StreamLine = PageLine | { error: unknown } | { end: unknown }

/** Reads the first pages of a list with the settings as they stand in the form, and shows each as it comes. */
export const usePagesPreview = () => {
  const [run, setRun] = useState<PagesRun>({ phase: 'idle', lines: [] })
  const abort = useRef<AbortController>(undefined)

  const start = async (body: object): Promise<PagesRun> => {
    abort.current?.abort()
    const own = new AbortController()
    abort.current = own
    const lines: PageLine[] = []
    const show = (phase: PagesRun['phase'], error?: unknown): PagesRun => {
      const next = { phase, lines: [...lines], error }
      if (abort.current === own) setRun(next)
      return next
    }
    show('running')
    try {
      const options = { method: 'POST', body, signal: own.signal } as const
      for await (const line of streamApi<StreamLine>('/api/connections/pages', options)) {
        if ('error' in line) throw problemFrom(line.error)
        if (!('type' in line)) continue
        lines.push(line)
        show('running')
      }
      return show('done')
    } catch (error) {
      return isAborted(error) ? show('cancelled') : show('error', error)
    }
  }

  return { run, start, cancel: () => abort.current?.abort() }
}
