import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { foundOr404 } from '#components/layout/found-or-404'
import { Replication } from '#components/replications/replication'
import { pageActor } from '#lib/auth/page'
import { getConnection } from '#lib/connections/operations'
import { findManifest } from '#lib/connectors/catalog'
import { listReplications } from '#lib/replications/operations'

export const metadata: Metadata = { title: 'Change data capture' }

interface PageProps {
  params: Promise<{ connectionId: string }>
}

export default async function Page({ params }: PageProps) {
  const { connectionId } = await params
  const actor = await pageActor()
  const connection = await foundOr404(getConnection(actor, { ref: connectionId }))
  if (!findManifest(connection.type)?.capabilities.includes('replicate')) notFound()
  const { items } = await listReplications(actor, { ref: connection.id })
  return <Replication connection={connection} initial={items} />
}
