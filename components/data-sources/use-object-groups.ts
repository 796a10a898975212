import { useEffect, useEffectEvent, useState } from 'react'
import { callApi } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import type { NamedObject, WholeObject } from '#lib/data-sources/objects'
import { fetchPage } from './fetch-page.ts'
import type { ObjectList } from './tree-model.ts'
import { groupKey, type ObjectAnswer, type ObjectGroup, parseObjectKey } from './tree-objects.ts'

/** Routines, types and extensions, a page of a group whenever somebody gets to it; `first` is open from the start. */
export const useObjectGroups = (base: string, first: ObjectGroup | undefined) => {
  const [groups, setGroups] = useState<Readonly<Record<string, GroupList>>>({})
  const put = (group: ObjectGroup, list: ObjectList) =>
    setGroups((known) => ({ ...known, [groupKey(group)]: { ...list, group } }))
  const load = async (group: ObjectGroup, before?: ObjectList) => {
    const known = { items: before?.items ?? [], cursor: before?.cursor ?? null }
    put(group, { ...known, status: 'loading' })
    try {
      const query = { ...group, cursor: known.cursor, limit: pageSize }
      put(group, await fetchPage<NamedObject>(`${base}/objects`, query, known.items))
    } catch (error) {
      put(group, { ...known, status: 'failed', problem: sentenceOf(error) })
    }
  }
  const loadFirst = useEffectEvent(() => first && load(first))
  useEffect(() => void loadFirst(), [])
  return {
    groups,
    /** The next page, the first one, or one again that failed. */
    more: (group: ObjectGroup) => {
      const known = groups[groupKey(group)]
      if (known?.status !== 'loading') void load(group, known)
    },
    isKnown: (group: ObjectGroup) => (groups[groupKey(group)]?.status ?? 'failed') !== 'failed',
    /** After the source was read again: what is open anew, and of the rest nothing. */
    reload: (isOpen: (key: string) => boolean) => {
      setGroups((known) => Object.fromEntries(Object.entries(known).filter(([key]) => isOpen(key))))
      for (const [key, { group }] of Object.entries(groups)) if (isOpen(key)) void load(group)
    },
  }
}

type GroupList = ObjectList & { group: ObjectGroup }

const pageSize = 200

export const fetchObject = async (base: string, key: string): Promise<ObjectAnswer> => {
  const named = parseObjectKey(key)
  if (!named) return { problem: 'There is nothing of this name.' }
  try {
    const path = `${base}/objects/${named.type}/${encodeURIComponent(named.path)}`
    return { object: (await callApi<WholeObject>(path)).data }
  } catch (error) {
    return { problem: sentenceOf(error) }
  }
}
