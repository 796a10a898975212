import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { ComparisonPage } from '#components/data-sources/comparison/comparison-page'
import { foundOr404 } from '#components/layout/found-or-404'
import { pageActor } from '#lib/auth/page'
import { getConnection, listConnections } from '#lib/connections/operations'
import type { ConnectionView } from '#lib/connections/schema'
import { findManifest } from '#lib/connectors/catalog'
import { AppError } from '#lib/core/errors'
import { compareSources } from '#lib/data-sources/change-operations'
import type { ChangedObject } from '#lib/data-sources/schema'

export const metadata: Metadata = { title: 'Compare sources' }

interface PageProps {
  params: Promise<{ connectionId: string }>
  searchParams: Promise<{ with?: string | string[] }>
}

type Actor = Awaited<ReturnType<typeof pageActor>>

export default async function Page({ params, searchParams }: PageProps) {
  const { connectionId } = await params
  const { with: wanted } = await searchParams
  const actor = await pageActor()
  const source = await foundOr404(getConnection(actor, { ref: connectionId }))
  const { type } = source
  if (!findManifest(type)?.capabilities.includes('discover')) notFound()
  const { items } = await listConnections(actor, { role: 'source', type, limit: 200 })
  const others = items.filter(({ id }) => id !== source.id).map(briefOf)
  const compared = typeof wanted === 'string' && wanted !== '' ? await compare(actor, source.id, wanted) : undefined
  return (
    <ComparisonPage
      source={briefOf(source)}
      others={others}
      chosen={compared?.other}
      comparison={compared?.comparison}
      problem={compared?.problem}
    />
  )
}

const briefOf = ({ id, name, environment }: ConnectionView) => ({ id, name, environment })

/** So many differences are for people; whoever wants more asks the API. */
const pagesMax = 5

const compare = async (actor: Actor, ref: string, wanted: string) => {
  try {
    const other = briefOf(await getConnection(actor, { ref: wanted }))
    return { other, comparison: await differences(actor, { ref, with: other.id }) }
  } catch (error) {
    // One that is gone, hidden, or of another kind.
    if (error instanceof AppError) return { problem: error.message }
    throw error
  }
}

const differences = async (actor: Actor, pair: { ref: string; with: string }) => {
  const changes: ChangedObject[] = []
  let cursor: string | undefined
  for (let pages = 0; ; ) {
    const { items, page, refreshed_at, with_refreshed_at } = await compareSources(actor, {
      ...pair,
      limit: 200,
      cursor,
    })
    changes.push(...items)
    pages += 1
    if (page.cursor !== null && pages < pagesMax) cursor = page.cursor
    else
      return {
        ...{ changes, isCut: page.cursor !== null },
        ...{ refreshedAt: refreshed_at, otherRefreshedAt: with_refreshed_at },
      }
  }
}
