import type { Metadata } from 'next'
import { Suspense } from 'react'
import { ExplorerLoader } from '#components/data-sources/explorer-loader'
import { FileBrowserLoader } from '#components/data-sources/file-browser-loader'
import { ExplorerSkeleton } from '#components/data-sources/skeletons'
import { foundOr404 } from '#components/layout/found-or-404'
import { pageActor } from '#lib/auth/page'
import { getConnection } from '#lib/connections/operations'
import { findManifest } from '#lib/connectors/catalog'
import { listFiles, previewFile } from '#lib/data-sources/files-operations'
import { getRelation, listRelations, listSchemas } from '#lib/data-sources/operations'
import { fileFormat } from '#lib/data-sources/schema'
import { insideOf } from '../../../../components/data-sources/inside.ts'

export const metadata: Metadata = { title: 'Data source' }

type Query = Partial<Record<'table' | 'path' | 'file' | 'format', string | string[]>>

interface PageProps {
  params: Promise<{ connectionId: string }>
  searchParams: Promise<Query>
}

export default async function Page({ params, searchParams }: PageProps) {
  const { connectionId } = await params
  const { table, path, file, format } = await searchParams
  const actor = await pageActor()
  const connection = await foundOr404(getConnection(actor, { ref: connectionId }))
  const ref = connection.id
  const manifest = findManifest(connection.type)
  return manifest && insideOf(manifest.capabilities) === 'files' ? (
    <Suspense fallback={<ExplorerSkeleton label="Reading the files" />}>
      <FileBrowserLoader
        connection={connection}
        path={one(path) ?? ''}
        file={one(file)}
        format={fileFormat.safeParse(one(format)).data}
        list={(folder) => listFiles(actor, { ref, path: folder, limit: 500 })}
        preview={(name, as) => previewFile(actor, { ref, path: name, ...(as !== undefined && { format: as }) })}
      />
    </Suspense>
  ) : (
    <Suspense fallback={<ExplorerSkeleton />}>
      <ExplorerLoader
        connection={connection}
        sql={manifest?.sql}
        takesQueries={manifest?.capabilities.includes('query') ?? false}
        schemas={() => listSchemas(actor, { ref })}
        relations={(schema) => listRelations(actor, { ref, schema })}
        relation={(key) => getRelation(actor, { ref, table: key })}
        selected={one(table)}
      />
    </Suspense>
  )
}

// Of several the first, as the browser reads it.
const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)
