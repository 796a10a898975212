'use client'
import { useDebouncedCallback } from '@mantine/hooks'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { callApi, withQuery } from '#lib/client/api'
import { isAborted, sentenceOf } from '#lib/client/problem'

interface Pages<T> {
  items: readonly T[]
  cursor: string | null
  isLoading: boolean
  problem: string | undefined
}

const limit = 50

/** A list of the API with a search, page after page as it is asked for; read anew when `version` changes. */
export const usePages = <T>(path: string, query: Record<string, string>, version: number) => {
  const [q, setQ] = useState('')
  const [pages, setPages] = useState<Pages<T>>({ items: [], cursor: null, isLoading: true, problem: undefined })
  const abort = useRef<AbortController>(undefined)
  const read = async (text: string, before?: Pages<T>): Promise<void> => {
    abort.current?.abort()
    const own = new AbortController()
    abort.current = own
    const items = before?.items ?? []
    setPages((known) => ({ ...known, isLoading: true, problem: undefined }))
    try {
      const asked = withQuery(path, { ...query, q: text.trim(), cursor: before?.cursor, limit })
      const { data, meta } = await callApi<T[]>(asked, { signal: own.signal })
      // Of our own API, parsed there; see callApi.
      const { cursor } = meta.page as { cursor: string | null }
      setPages({ items: [...items, ...data], cursor, isLoading: false, problem: undefined })
    } catch (error) {
      if (!isAborted(error)) setPages({ items, cursor: null, isLoading: false, problem: sentenceOf(error) })
    }
  }
  const soon = useDebouncedCallback((text: string) => void read(text), 150)
  const again = useEffectEvent(() => void read(q))
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is the reason to read again
  useEffect(() => {
    again()
    return () => abort.current?.abort()
  }, [version])
  return {
    ...pages,
    q,
    search: (text: string) => {
      setQ(text)
      soon(text)
    },
    more: () => void read(q, pages),
  }
}
