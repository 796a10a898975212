import type { Metadata } from 'next'
import { ConnectionHead } from '#components/connections/connection-head'
import { foundOr404 } from '#components/layout/found-or-404'
import { Page as PageFrame } from '#components/layout/page'
import { AccessSection } from '#components/members/access-section'
import { pageActor } from '#lib/auth/page'
import { isAllowed } from '#lib/auth/permissions'
import { getConnection } from '#lib/connections/operations'
import { connectionAccess } from '#lib/members/grant-operations'
import { listMembers } from '#lib/members/operations'

export const metadata: Metadata = { title: 'Access to a connection' }

export default async function Page({ params }: { params: Promise<{ connectionId: string }> }) {
  const { connectionId } = await params
  const actor = await pageActor()
  const { id, name, type, summary, restricted, granted } = await foundOr404(getConnection(actor, { ref: connectionId }))
  const manage = isAllowed(actor.role, 'grants:write')
    ? {
        access: await connectionAccess.get(actor, { ref: id }),
        members: (await listMembers(actor, { limit: 200 })).items,
      }
    : undefined
  return (
    <>
      <ConnectionHead id={id} name={name} type={type} summary={summary} />
      <PageFrame>
        <AccessSection kind="connection" restricted={restricted} granted={granted} manage={manage} />
      </PageFrame>
    </>
  )
}
