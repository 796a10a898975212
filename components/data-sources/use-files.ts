'use client'
import { useEffect, useState } from 'react'
import { callApi, withQuery } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import type { FileEntry, FilePreview } from '#lib/data-sources/schema'
import { formatOf, previewKey } from './file-names.ts'
import { useAddress } from './use-address.ts'

/** A folder as far as it is known; `problem` says why it, or its next page, could not be read. */
export interface Folder {
  items: readonly FileEntry[]
  cursor: string | null
  status: 'ready' | 'loading'
  problem?: string | undefined
}

export type PreviewAnswer = { preview: FilePreview } | { problem: string }

/** What the server already knows when the page is first painted. */
export interface FilesStart {
  /** Id of the connection. */
  source: string
  path: string
  folder: Folder
  /** The file that the address names. */
  file: { key: string; answer: PreviewAnswer } | undefined
}

const pageLimit = 500

/** The state behind the file browser: the address says which folder and file, what was read once is kept. */
export const useFiles = (start: FilesStart) => {
  const base = `/api/data-sources/${encodeURIComponent(start.source)}/files`
  const { params, go, replace } = useAddress()
  const path = params.get('path') ?? ''
  const file = params.get('file') ?? undefined
  const format = formatOf(params.get('format'))
  const [folders, setFolders] = useState<Readonly<Record<string, Folder>>>({ [start.path]: start.folder })
  const [previews, setPreviews] = useState(
    () => new Map<string, PreviewAnswer | Promise<PreviewAnswer>>(start.file && [[start.file.key, start.file.answer]]),
  )
  const folder = folders[path]

  const load = async (place: string, before?: Folder) => {
    const items = before?.items ?? []
    const put = (next: Folder) => setFolders((known) => ({ ...known, [place]: next }))
    put({ items, cursor: before?.cursor ?? null, status: 'loading' })
    try {
      const { data, meta } = await callApi<FileEntry[]>(
        withQuery(base, { path: place, cursor: before?.cursor, limit: pageLimit }),
      )
      // Of our own API, parsed there; see callApi.
      const { cursor } = meta.page as { cursor: string | null }
      put({ items: [...items, ...data], cursor, status: 'ready' })
    } catch (error) {
      put({ items, cursor: before?.cursor ?? null, status: 'ready', problem: sentenceOf(error) })
    }
  }
  const isMissing = folder === undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address decides what is read, also with the browser's own buttons
  useEffect(() => {
    if (isMissing) void load(path)
  }, [path, isMissing])

  const key = file === undefined ? undefined : previewKey(file, format)
  if (key !== undefined && file !== undefined && !previews.has(key)) previews.set(key, fetchPreview(base, file, format))
  return {
    path,
    folder,
    file,
    format,
    preview: key === undefined ? undefined : previews.get(key),
    previewKey: key,
    openFolder: (place: string) => go({ path: place }),
    openFile: (place: string) => go({ path, file: place }),
    showAs: (next: string | undefined) => replace({ path, file, format: next }),
    closeFile: () => go({ path }),
    loadMore: () => {
      if (folder?.cursor && folder.status === 'ready' && folder.problem === undefined) void load(path, folder)
    },
    retry: () => void load(path, folder?.cursor ? folder : undefined),
    refresh: () => {
      setPreviews(new Map())
      setFolders({})
      void load(path)
    },
  }
}

const fetchPreview = (base: string, path: string, format: string | undefined): Promise<PreviewAnswer> =>
  callApi<FilePreview>(withQuery(`${base}/preview`, { path, format })).then(
    ({ data }) => ({ preview: data }),
    (error: unknown) => ({ problem: sentenceOf(error) }),
  )
