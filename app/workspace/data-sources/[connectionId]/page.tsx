import type { Metadata } from 'next'
import { Suspense } from 'react'
import { ExplorerLoader } from '#components/data-sources/explorer-loader'
import { ExplorerSkeleton } from '#components/data-sources/skeletons'
import { SourceFrame } from '#components/data-sources/source-frame'
import { foundOr404 } from '#components/layout/found-or-404'
import { pageActor } from '#lib/auth/page'
import { getConnection } from '#lib/connections/operations'
import { getRelation, listRelations, listSchemas } from '#lib/data-sources/operations'

export const metadata: Metadata = { title: 'Tables' }

interface PageProps {
  params: Promise<{ connectionId: string }>
  searchParams: Promise<{ table?: string | string[] }>
}

export default async function Page({ params, searchParams }: PageProps) {
  const { connectionId } = await params
  const { table } = await searchParams
  const actor = await pageActor()
  const connection = await foundOr404(getConnection(actor, { ref: connectionId }))
  const ref = connection.id
  return (
    <SourceFrame connection={connection}>
      <Suspense fallback={<ExplorerSkeleton />}>
        <ExplorerLoader
          connection={connection}
          schemas={() => listSchemas(actor, { ref })}
          relations={(schema) => listRelations(actor, { ref, schema })}
          relation={(key) => getRelation(actor, { ref, table: key })}
          selected={typeof table === 'string' ? table : undefined}
        />
      </Suspense>
    </SourceFrame>
  )
}
