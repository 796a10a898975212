'use client'
import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import dynamic from 'next/dynamic'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { FormError } from '#components/layout/form-error'
import { PageHeader } from '#components/layout/page-header'
import { Allowed } from '#components/layout/permissions'
import { showToast } from '#components/layout/toast'
import type { Role } from '#lib/auth/permissions'
import { callApi, etagOf } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import type { InvitationView, MemberView } from '#lib/members/schema'
import form from '../layout/form.module.css'
import { roleWords } from './access-words.ts'
import { InvitationsTable } from './invitations-table.tsx'
import classes from './members.module.css'
import { MembersTable } from './members-table.tsx'

const InviteDialog = dynamic(() => import('./invite-dialog.tsx').then((module) => module.InviteDialog), { ssr: false })
const LeaverDialog = dynamic(() => import('./leaver-dialog.tsx').then((module) => module.LeaverDialog), { ssr: false })

interface MembersProps {
  members: readonly MemberView[]
  invitations: readonly InvitationView[]
}

/** Who is in the workspace, and who was asked in. */
export const Members = ({ members, invitations }: MembersProps) => {
  const router = useRouter()
  const [isInviting, setInviting] = useState(false)
  const [leaver, setLeaver] = useState<MemberView>()
  const [error, setError] = useState<string>()
  const close = () => {
    setInviting(false)
    setLeaver(undefined)
    router.refresh()
  }
  const act = async (done: string, call: () => Promise<unknown>) => {
    setError(undefined)
    try {
      await call()
      await showToast({ id: 'members', title: done, message: '' })
    } catch (problem) {
      setError(sentenceOf(problem))
    }
    router.refresh()
  }
  const changeRole = (member: MemberView, role: Role) =>
    act(`${member.name} is ${roleWords[role].toLowerCase()} now`, () =>
      callApi(`/api/members/${member.id}`, { method: 'PATCH', body: { role }, ifMatch: etagOf(member) }),
    )
  const enable = ({ id, name }: MemberView) =>
    act(`${name} can sign in again`, () => callApi(`/api/members/${id}/enable`, { method: 'POST', body: {} }))
  const revoke = ({ id, email }: InvitationView) =>
    act(`The link for ${email} does not work any more`, () => callApi(`/api/invitations/${id}`, { method: 'DELETE' }))
  return (
    <>
      <PageHeader
        title="Members"
        lead="Who works here. A change of role ends the sessions of that person at once."
        actions={
          <Allowed to="members:write">
            <Button onClick={() => setInviting(true)} leftSection={<IconPlus size={16} stroke={2} aria-hidden />}>
              Invite
            </Button>
          </Allowed>
        }
      />
      <FormError>{error}</FormError>
      <MembersTable members={members} onRole={changeRole} onLeave={setLeaver} onEnable={enable} />
      <h2 className={classes.heading}>Invitations</h2>
      {invitations.length === 0 ? (
        <p className={form.note}>None is open. Invite somebody, and their link stands here until they have joined.</p>
      ) : (
        <InvitationsTable invitations={invitations} onRevoke={revoke} />
      )}
      {isInviting && <InviteDialog onClose={close} />}
      {leaver && <LeaverDialog member={leaver} onClose={close} />}
    </>
  )
}
