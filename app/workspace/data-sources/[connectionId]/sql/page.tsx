import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { Suspense } from 'react'
import { foundOr404 } from '#components/layout/found-or-404'
import { NoQueries } from '#components/queries/no-queries'
import { SqlPage } from '#components/queries/sql-page'
import { SqlTreeLoader } from '#components/queries/sql-tree-loader'
import { TreeSkeleton } from '#components/queries/tree-skeleton'
import { pageActor } from '#lib/auth/page'
import { getConnection } from '#lib/connections/operations'
import { findManifest } from '#lib/connectors/catalog'
import { AppError } from '#lib/core/errors'
import { getConfiguration } from '#lib/data-sources/configuration-operations'
import { listRelations, listSchemas } from '#lib/data-sources/operations'
import { getTabs } from '#lib/data-sources/tabs-operations'

export const metadata: Metadata = { title: 'SQL' }

export default async function Page({ params }: { params: Promise<{ connectionId: string }> }) {
  const { connectionId } = await params
  const actor = await pageActor()
  const connection = await foundOr404(getConnection(actor, { ref: connectionId }))
  const manifest = findManifest(connection.type)
  if (!manifest?.capabilities.includes('query')) notFound()
  const { id: ref, name, environment, config } = connection
  const writing = manifest.sql ?? { quote: '"' }
  const [tabs, { writes }] = await Promise.all([orForbidden(getTabs(actor, { ref })), getConfiguration(actor, { ref })])
  if (tabs === 'forbidden') return <NoQueries />
  const own = config[writing.schema ?? 'schema']
  const schema = typeof own === 'string' && own !== '' ? own : undefined
  return (
    <SqlPage
      source={{ id: ref, name, environment }}
      writing={writing}
      schema={schema}
      tabs={tabs}
      writes={writes}
      tree={
        <Suspense fallback={<TreeSkeleton />}>
          <SqlTreeLoader
            source={ref}
            writing={writing}
            schema={schema}
            schemas={() => listSchemas(actor, { ref })}
            relations={(open) => listRelations(actor, { ref, schema: open })}
          />
        </Suspense>
      }
    />
  )
}

const orForbidden = async <T,>(call: Promise<T>): Promise<T | 'forbidden'> => {
  try {
    return await call
  } catch (error) {
    if (error instanceof AppError && error.code === 'forbidden') return 'forbidden'
    throw error
  }
}
