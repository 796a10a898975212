import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { ChangesPage } from '#components/data-sources/changes/changes-page'
import { foundOr404 } from '#components/layout/found-or-404'
import { pageActor } from '#lib/auth/page'
import { getConnection } from '#lib/connections/operations'
import { findManifest } from '#lib/connectors/catalog'
import { listSchemaChanges } from '#lib/data-sources/change-operations'
import { listRefreshes } from '#lib/data-sources/refresh-operations'
import { type ObjectName, objectTypes, parseRelationPath, pathOf, type RefreshView } from '#lib/data-sources/schema'

export const metadata: Metadata = { title: 'Schema changes' }

interface PageProps {
  params: Promise<{ connectionId: string }>
  searchParams: Promise<Partial<Record<'refresh' | 'from' | 'to' | 'relation' | 'type', string | string[]>>>
}

export default async function Page({ params, searchParams }: PageProps) {
  const { connectionId } = await params
  const { refresh: wanted, from, to, relation: asked, type: kind } = await searchParams
  const actor = await pageActor()
  const { id: ref, type } = await foundOr404(getConnection(actor, { ref: connectionId }))
  if (!findManifest(type)?.capabilities.includes('discover')) notFound()
  const only = typeof asked === 'string' ? nameOf(asked, kind) : undefined
  const about = only && { relation: pathOf(only.schema, only.name), type: only.type }
  const [{ items }, ofTable] = await Promise.all([
    listRefreshes(actor, { ref, limit: 200 }),
    about && listRefreshes(actor, { ref, ...about, limit: 200 }),
  ])
  const moments = ofTable?.items.filter(({ started_at }) => started_at !== null) ?? items.filter(hasChanges)
  const readings = items.flatMap(readingOf)
  const two = twoOf(readings, from, to)
  const chosen = two ? undefined : (moments.find(({ id }) => id === wanted) ?? moments[0])
  const span = two ? { from: two.from.started_at, to: two.to.started_at } : chosen && spanOf(chosen)
  const changes = span ? await listSchemaChanges(actor, { ref, ...span, ...about, limit: 200 }) : undefined
  return (
    <ChangesPage
      source={ref}
      only={only}
      moments={moments}
      chosen={chosen?.id}
      readings={readings}
      span={two && { from: two.from.id, to: two.to.id }}
      changes={changes?.items ?? []}
      pipelines={changes?.pipelines ?? []}
      isCut={changes?.page.cursor != null}
    />
  )
}

const nameOf = (path: string, type: unknown): ObjectName | undefined => {
  try {
    return { type: objectTypes.find((one) => one === type) ?? 'relation', ...parseRelationPath(path) }
  } catch {
    return undefined
  }
}

// The first reading has nothing to be compared with.
const hasChanges = ({ started_at, added, changed, removed }: RefreshView, index: number, all: RefreshView[]): boolean =>
  started_at !== null && added + changed + removed > 0 && index < all.length - 1

const readingOf = ({ id, started_at, status }: RefreshView) =>
  started_at !== null && (status === 'done' || status === 'partial') ? [{ id, started_at }] : []

type Reading = ReturnType<typeof readingOf>[number]

/** Two moments in the order of time, whichever was named first. */
const twoOf = (
  readings: readonly Reading[],
  from: unknown,
  to: unknown,
): Record<'from' | 'to', Reading> | undefined => {
  const [late, early] = readings.filter(({ id }) => id === from || id === to)
  return early && late ? { from: early, to: late } : undefined
}

/** What a refresh wrote bears the moment at which it began. */
const spanOf = ({ started_at }: RefreshView): { from: string; to: string } | undefined => {
  if (started_at === null) return undefined
  return {
    from: new Date(Date.parse(started_at) - 1).toISOString(),
    to: new Date(Date.parse(started_at) + 1).toISOString(),
  }
}
