import type { ReactNode } from 'react'
import { SourceFrame } from '#components/data-sources/source-frame'
import { SourceTabs } from '#components/data-sources/source-tabs'
import { foundOr404 } from '#components/layout/found-or-404'
import { pageActor } from '#lib/auth/page'
import { getConnection } from '#lib/connections/operations'
import { findManifest } from '#lib/connectors/catalog'

interface LayoutProps {
  params: Promise<{ connectionId: string }>
  children: ReactNode
}

export default async function Layout({ params, children }: LayoutProps) {
  const { connectionId } = await params
  const connection = await foundOr404(getConnection(await pageActor(), { ref: connectionId }))
  const capabilities = findManifest(connection.type)?.capabilities ?? []
  return (
    <SourceFrame connection={connection}>
      <SourceTabs source={connection.id} capabilities={capabilities} />
      {children}
    </SourceFrame>
  )
}
