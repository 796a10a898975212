import type { Metadata } from 'next'
import { ActivityList } from '#components/audit/activity-list'
import { CredentialDetail } from '#components/credentials/credential-detail'
import { RotationSection } from '#components/credentials/rotation/rotation-section'
import { foundOr404 } from '#components/layout/found-or-404'
import { listAudit } from '#lib/audit/operations'
import { pageActor } from '#lib/auth/page'
import { isAllowed } from '#lib/auth/permissions'
import { getCredential, listCredentialVersions, listUsedBy } from '#lib/credentials/operations'
import { listRotations } from '#lib/rotations/operations'

export const metadata: Metadata = { title: 'Credential' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  const actor = await pageActor()
  const credential = await foundOr404(getCredential(actor, { id }))
  const [attached, versions, rotations, activity] = await Promise.all([
    listUsedBy(actor, { id, limit: 100 }),
    listCredentialVersions(actor, { id, limit: 20 }),
    // What is deleted has no rotations to show; it can only be restored or destroyed.
    credential.deleted_at === null ? listRotations(actor, { id, limit: 10 }) : undefined,
    isAllowed(actor.role, 'audit:read') ? listAudit(actor, { object: id, limit: 8 }) : undefined,
  ])
  return (
    <CredentialDetail
      credential={credential}
      attachments={attached.items}
      hasMoreAttachments={attached.page.cursor !== null}
      versions={versions.items}
      activity={activity && <ActivityList events={activity.items} objectId={id} />}
      rotation={rotations && <RotationSection credential={credential} initial={rotations.items} />}
    />
  )
}
