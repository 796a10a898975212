import type { Metadata } from 'next'
import { cache } from 'react'
import { ActivityList } from '#components/audit/activity-list'
import { CredentialDetail } from '#components/credentials/credential-detail'
import { RotationSection } from '#components/credentials/rotation/rotation-section'
import { foundOr404 } from '#components/layout/found-or-404'
import { AccessSection } from '#components/members/access-section'
import { listAudit } from '#lib/audit/operations'
import type { Actor } from '#lib/auth/actor'
import { pageActor } from '#lib/auth/page'
import { isAllowed } from '#lib/auth/permissions'
import { getCredential, listCredentialVersions, listUsedBy } from '#lib/credentials/operations'
import { credentialAccess } from '#lib/members/grant-operations'
import { listMembers } from '#lib/members/operations'
import { listRotations } from '#lib/rotations/operations'

interface PageProps {
  params: Promise<{ id: string }>
}

const load = cache(async (id: string) => {
  const actor = await pageActor()
  return { actor, credential: await foundOr404(getCredential(actor, { id })) }
})

const loadAccess = async (actor: Actor, id: string) => ({
  access: await credentialAccess.get(actor, { id }),
  members: (await listMembers(actor, { limit: 200 })).items,
})

export const generateMetadata = async ({ params }: PageProps): Promise<Metadata> => ({
  title: (await load((await params).id)).credential.name,
})

export default async function Page({ params }: PageProps) {
  const { id } = await params
  const { actor, credential } = await load(id)
  const [attached, versions, rotations, activity, manage] = await Promise.all([
    listUsedBy(actor, { id, limit: 100 }),
    listCredentialVersions(actor, { id, limit: 20 }),
    // What is deleted has no rotations to show; it can only be restored or destroyed.
    credential.deleted_at === null ? listRotations(actor, { id, limit: 10 }) : undefined,
    isAllowed(actor.role, 'audit:read') ? listAudit(actor, { object: id, limit: 8 }) : undefined,
    isAllowed(actor.role, 'grants:write') && credential.deleted_at === null ? loadAccess(actor, id) : undefined,
  ])
  return (
    <CredentialDetail
      credential={credential}
      attachments={attached.items}
      hidden={attached.hidden}
      hasMoreAttachments={attached.page.cursor !== null}
      versions={versions.items}
      activity={activity && <ActivityList events={activity.items} objectId={id} />}
      access={
        <AccessSection
          kind="credential"
          restricted={credential.restricted}
          granted={credential.granted}
          manage={manage}
        />
      }
      rotation={rotations && <RotationSection credential={credential} initial={rotations.items} />}
    />
  )
}
