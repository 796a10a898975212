import type { Metadata } from 'next'
import { ConnectionHead } from '#components/connections/connection-head'
import { History } from '#components/connections/history/history'
import { foundOr404 } from '#components/layout/found-or-404'
import { NextPage } from '#components/layout/next-page'
import { Page as PageFrame } from '#components/layout/page'
import { liftedBy } from '#lib/auth/grant-levels'
import { pageActor } from '#lib/auth/page'
import { isAllowed } from '#lib/auth/permissions'
import { getConnection } from '#lib/connections/operations'
import { listConnectionVersions } from '#lib/connections/version-operations'
import { formFields, manifestOf } from '#lib/connectors/catalog'

export const metadata: Metadata = { title: 'History of a connection' }

interface PageProps {
  params: Promise<{ connectionId: string }>
  searchParams: Promise<{ cursor?: string }>
}

export default async function Page({ params, searchParams }: PageProps) {
  const [{ connectionId }, { cursor }, actor] = await Promise.all([params, searchParams, pageActor()])
  const connection = await foundOr404(getConnection(actor, { ref: connectionId }))
  const { id, type } = connection
  const { items, page, last_green } = await listConnectionVersions(actor, { ref: id, limit: 20, cursor })
  const [newest] = cursor === undefined ? items : (await listConnectionVersions(actor, { ref: id, limit: 1 })).items
  const mayChange =
    isAllowed(actor.role, 'connections:write') ||
    liftedBy('connection', connection.granted).includes('connections:write')
  const labels = formFields(manifestOf(type)).map(({ name: field, label }) => [`config.${field}`, label] as const)
  return (
    <>
      <ConnectionHead {...connection} />
      <PageFrame>
        <History
          connection={connection}
          versions={items}
          now={newest?.version}
          lastGreen={last_green}
          labels={Object.fromEntries(labels)}
          mayChange={mayChange && connection.deleted_at === null}
        />
        <NextPage path={`/workspace/connections/${id}/history`} cursor={page.cursor} />
      </PageFrame>
    </>
  )
}
