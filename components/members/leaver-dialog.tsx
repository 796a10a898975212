'use client'
import { Button, Modal } from '@mantine/core'
import { useEffect, useState } from 'react'
import { FormError } from '#components/layout/form-error'
import { callApi, etagOf } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import { plural } from '#lib/format/number'
import type { LeaveReport, MemberFootprint, MemberView } from '#lib/members/schema'
import form from '../layout/form.module.css'
import classes from './members.module.css'

/** Shows what a person can reach and knows before it is taken away, and what was done afterwards. */
export const LeaverDialog = ({ member, onClose }: { member: MemberView; onClose(): void }) => {
  const { id, name } = member
  const [footprint, setFootprint] = useState<MemberFootprint>()
  const [report, setReport] = useState<LeaveReport>()
  const [busy, setBusy] = useState<'removed' | 'disabled'>()
  const [done, setDone] = useState<'removed' | 'disabled'>()
  const [error, setError] = useState<string>()

  useEffect(() => {
    callApi<MemberFootprint>(`/api/members/${id}/footprint`)
      .then(({ data }) => setFootprint(data))
      .catch((problem: unknown) => setError(sentenceOf(problem)))
  }, [id])

  const leave = async (how: 'removed' | 'disabled', call: () => Promise<{ data: LeaveReport }>) => {
    setBusy(how)
    setError(undefined)
    try {
      setReport((await call()).data)
      setDone(how)
    } catch (problem) {
      setError(sentenceOf(problem))
    }
    setBusy(undefined)
  }
  const remove = () =>
    leave('removed', () => callApi<LeaveReport>(`/api/members/${id}`, { method: 'DELETE', ifMatch: etagOf(member) }))
  const disable = () =>
    leave('disabled', () => callApi<LeaveReport>(`/api/members/${id}/disable`, { method: 'POST', body: {} }))

  return (
    <Modal opened onClose={onClose} size="lg" title={titleOf(name, done)}>
      <div className={form.body}>
        <FormError>{error}</FormError>
        <div className={classes.footprint} aria-live="polite">
          {report ? <Done report={report} /> : footprint ? <Before footprint={footprint} /> : <p>Looking …</p>}
        </div>
        {report ? (
          <div className={form.choice}>
            <Button onClick={onClose}>Close</Button>
          </div>
        ) : (
          <div className={form.choice}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            {member.status === 'active' && (
              <Button
                variant="default"
                loading={busy === 'disabled'}
                disabled={!footprint || busy !== undefined}
                onClick={disable}
              >
                Disable account
              </Button>
            )}
            <Button
              color="red.8"
              loading={busy === 'removed'}
              disabled={!footprint || busy !== undefined}
              onClick={remove}
            >
              Remove from workspace
            </Button>
          </div>
        )}
      </div>
    </Modal>
  )
}

const Before = ({ footprint: { sessions, api_keys, invitations, credentials } }: { footprint: MemberFootprint }) => (
  <>
    <p className={form.note}>
      This ends at once: {plural(sessions, 'session')}, {plural(api_keys.length, 'API key')},{' '}
      {plural(invitations, 'open invitation')}.
    </p>
    <Secrets title="They typed these secrets, which will be marked for rotation:" credentials={credentials} />
  </>
)

const Done = ({ report }: { report: LeaveReport }) => (
  <>
    <p className={form.note}>
      Ended: {plural(report.sessions_ended, 'session')}, {plural(report.keys_revoked.length, 'API key')},{' '}
      {plural(report.invitations_revoked, 'invitation')}.
    </p>
    <Secrets title="Replace these secrets now:" credentials={report.credentials_to_rotate} />
  </>
)

const Secrets = ({ title, credentials }: { title: string; credentials: LeaveReport['credentials_to_rotate'] }) =>
  credentials.length === 0 ? (
    <p className={form.note}>They typed no secret that is still stored.</p>
  ) : (
    <div>
      <p className={form.note}>{title}</p>
      <ul className={classes.known}>
        {credentials.map(({ id, name, used_by }) => (
          <li key={id}>
            <a href={`/workspace/credentials/${id}`}>{name}</a>, used by {plural(used_by, 'connection')}
          </li>
        ))}
      </ul>
    </div>
  )

const titleOf = (name: string, done: 'removed' | 'disabled' | undefined): string => {
  if (done === undefined) return `Remove or disable ${name}?`
  return done === 'removed' ? `${name} has left` : `${name} is disabled`
}
