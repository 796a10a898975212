import type { Metadata } from 'next'
import { cache } from 'react'
import { ActivityList } from '#components/audit/activity-list'
import { CredentialDetail } from '#components/credentials/credential-detail'
import { RotationSection } from '#components/credentials/rotation/rotation-section'
import { foundOr404 } from '#components/layout/found-or-404'
import { listAudit } from '#lib/audit/operations'
import { pageActor } from '#lib/auth/page'
import { isAllowed } from '#lib/auth/permissions'
import { getCredential, listCredentialVersions, listUsedBy } from '#lib/credentials/operations'
import { listRotations } from '#lib/rotations/operations'

interface PageProps {
  params: Promise<{ id: string }>
}

const load = cache(async (id: string) => {
  const actor = await pageActor()
  return { actor, credential: await foundOr404(getCredential(actor, { id })) }
})

export const generateMetadata = async ({ params }: PageProps): Promise<Metadata> => ({
  title: (await load((await params).id)).credential.name,
})

export default async function Page({ params }: PageProps) {
  const { id } = await params
  const { actor, credential } = await load(id)
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
      hidden={attached.hidden}
      hasMoreAttachments={attached.page.cursor !== null}
      versions={versions.items}
      activity={activity && <ActivityList events={activity.items} objectId={id} />}
      rotation={rotations && <RotationSection credential={credential} initial={rotations.items} />}
    />
  )
}
