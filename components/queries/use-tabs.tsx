'use client'
import { useDebouncedCallback } from '@mantine/hooks'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { hideToast, showToast } from '#components/layout/toast'
import { UndoButton } from '#components/layout/undo-button'
import { callApi } from '#lib/client/api'
import { ApiError, sentenceOf } from '#lib/client/problem'
import type { EditorTab, EditorTabs } from '#lib/data-sources/tabs'
import { activeTab, addTab, changeTab, closeTab, type OpenTabs, openTabs, reopenTab } from './tabs-model.ts'

/** Why the tabs are not kept: another browser kept others meanwhile, or the server did not take them. */
export type TabsProblem = { kind: 'elsewhere' } | { kind: 'failed'; sentence: string }

const save_ms = 2_000

/** The open tabs, kept on the server a moment after each change. */
export const useTabs = (source: string, kept: EditorTabs) => {
  const path = `/api/data-sources/${encodeURIComponent(source)}/tabs`
  const [open, setOpen] = useState<OpenTabs>(() => openTabs(kept))
  const saving = useSaving(path, kept.revision)
  const [before, setBefore] = useState<EditorTabs>()
  // What another browser kept comes in whole.
  const load = async () => {
    const { data } = await callApi<EditorTabs>(path)
    saving.take(data.revision)
    setBefore(data)
    setOpen(openTabs(data))
  }
  const update = (change: (open: OpenTabs) => OpenTabs) =>
    setOpen((now) => {
      const next = change(now)
      saving.soon(next)
      return next
    })
  const close = (id: string) => {
    const index = open.tabs.findIndex((tab) => tab.id === id)
    const tab = open.tabs[index]
    update((now) => closeTab(now, id))
    if (tab && tab.sql.trim() !== '') offerUndo(tab, () => update((now) => reopenTab(now, tab, index)))
  }
  return {
    tabs: open.tabs,
    active: activeTab(open),
    /** Counts what came from elsewhere, for what has to begin anew then. */
    generation: before?.revision ?? 0,
    problem: saving.problem,
    load,
    keepMine: () => void saving.now(open, '*'),
    add: (given?: Partial<EditorTab>) => update((now) => addTab(now, given)),
    select: (id: string) => update((now) => ({ ...now, active: id })),
    change: (id: string, part: Partial<EditorTab>) => update((now) => changeTab(now, id, part)),
    close,
  }
}

/** One save at a time; what changes while one runs goes with the next. */
const useSaving = (path: string, first: number) => {
  const revision = useRef(first)
  const waiting = useRef<OpenTabs>(undefined)
  const isRunning = useRef(false)
  const [problem, setProblem] = useState<TabsProblem>()

  const now = async (open: OpenTabs, ifMatch = `"${revision.current}"`): Promise<void> => {
    waiting.current = undefined
    isRunning.current = true
    try {
      const { data } = await callApi<{ revision: number }>(path, { method: 'PUT', body: open, ifMatch })
      revision.current = data.revision
      setProblem(undefined)
    } catch (error) {
      const isElsewhere = error instanceof ApiError && error.code === 'precondition_failed'
      setProblem(isElsewhere ? { kind: 'elsewhere' } : { kind: 'failed', sentence: sentenceOf(error) })
    } finally {
      isRunning.current = false
    }
  }
  const later = useDebouncedCallback(() => {
    if (waiting.current === undefined) return
    if (isRunning.current) later()
    else void now(waiting.current)
  }, save_ms)
  const leave = useEffectEvent(() => {
    if (waiting.current !== undefined) sendLast(path, waiting.current, revision.current)
    waiting.current = undefined
  })
  useEffect(() => {
    const onHide = () => leave()
    window.addEventListener('pagehide', onHide)
    return () => {
      window.removeEventListener('pagehide', onHide)
      onHide()
    }
  }, [])
  return {
    problem,
    now,
    soon: (open: OpenTabs) => {
      waiting.current = open
      later()
    },
    take: (known: number) => {
      revision.current = known
      waiting.current = undefined
      setProblem(undefined)
    },
  }
}

// The page is going away; there is nobody to hear of a failure.
const sendLast = (path: string, open: OpenTabs, revision: number): void => {
  const headers = { 'content-type': 'application/json', 'if-match': `"${revision}"` }
  const body = JSON.stringify(open)
  fetch(path, { method: 'PUT', headers, body, keepalive: body.length < 60_000 }).catch(() => undefined)
}

const offerUndo = (tab: EditorTab, undo: () => void): void => {
  const id = `closed-${tab.id}`
  const onClick = () => {
    undo()
    void hideToast(id)
  }
  void showToast({ id, title: `“${tab.name}” was closed`, message: <UndoButton onClick={onClick} /> })
}
