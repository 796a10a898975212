import { setTimeout as sleep } from 'node:timers/promises'
import type { Metadata } from 'next'
import { Suspense } from 'react'
import { ExplorerLoader } from '#components/data-sources/explorer-loader'
import { FileBrowserLoader } from '#components/data-sources/file-browser-loader'
import { ExplorerSkeleton } from '#components/data-sources/skeletons'
import { foundOr404 } from '#components/layout/found-or-404'
import type { Actor } from '#lib/auth/actor'
import { pageActor } from '#lib/auth/page'
import { getConnection } from '#lib/connections/operations'
import { findManifest } from '#lib/connectors/catalog'
import { listFiles, previewFile } from '#lib/data-sources/files-operations'
import { getObject } from '#lib/data-sources/object-operations'
import { getRelation, listRelations, listSchemas } from '#lib/data-sources/operations'
import { fileFormat } from '#lib/data-sources/schema'
import { insideOf } from '../../../../components/data-sources/inside.ts'
import { parseObjectKey } from '../../../../components/data-sources/tree-objects.ts'

export const metadata: Metadata = { title: 'Data source' }

type Query = Partial<Record<'table' | 'object' | 'path' | 'file' | 'format', string | string[]>>

interface PageProps {
  params: Promise<{ connectionId: string }>
  searchParams: Promise<Query>
}

export default async function Page({ params, searchParams }: PageProps) {
  const { connectionId } = await params
  const { table, object, path, file, format } = await searchParams
  const actor = await pageActor()
  const connection = await foundOr404(getConnection(actor, { ref: connectionId }))
  const ref = connection.id
  const manifest = findManifest(connection.type)
  if (manifest && insideOf(manifest.capabilities) === 'files')
    return (
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
    )
  const explorer = ExplorerLoader({
    connection,
    sql: manifest?.sql,
    takesQueries: manifest?.capabilities.includes('query') ?? false,
    schemas: () => listSchemas(actor, { ref }),
    relations: (schema) => listRelations(actor, { ref, schema }),
    selected: selectedOf(actor, ref, { table: one(table), object: one(object) }),
  })
  const ready = await Promise.race([explorer, sleep(soon_ms, undefined)])
  return ready ?? <Suspense fallback={<ExplorerSkeleton />}>{explorer}</Suspense>
}

/** What is kept is there by then and comes with the page: React shows what comes after its skeleton 300 ms later at the soonest. */
const soon_ms = 150

/** A table, or something else that the tree shows; what is no name at all is for the page itself to refuse. */
const selectedOf = (actor: Actor, ref: string, { table, object }: Record<'table' | 'object', string | undefined>) => {
  if (table !== undefined)
    return { key: table, read: async () => ({ relation: await getRelation(actor, { ref, table }) }) }
  const named = object === undefined ? undefined : parseObjectKey(object)
  if (object === undefined || !named) return undefined
  const { type, path } = named
  return { key: object, read: async () => ({ object: await getObject(actor, { ref, type, object: path }) }) }
}

// Of several the first, as the browser reads it.
const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)
