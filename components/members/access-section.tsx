'use client'
import { Button, NativeSelect, Switch } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { Facts } from '#components/layout/facts'
import { FormError } from '#components/layout/form-error'
import { RelativeTime } from '#components/layout/relative-time'
import { actionsColumn, Table } from '#components/layout/table'
import { showToast } from '#components/layout/toast'
import { type GrantedKind, grantLevels } from '#lib/auth/grant-levels'
import { callApi, etagOf } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import type { AccessView, MemberView } from '#lib/members/schema'
import form from '../layout/form.module.css'
import table from '../layout/table.module.css'
import { accessByRole, levelWord } from './access-words.ts'
import classes from './members.module.css'

interface AccessSectionProps {
  kind: GrantedKind
  restricted: boolean
  /** What a grant gives the one who looks. */
  granted: string | null
  /** For those who give access. */
  manage: { access: AccessView; members: readonly MemberView[] } | undefined
}

/** Who sees and uses one object: by role, and by what was given to single people. */
export const AccessSection = ({ kind, restricted, granted, manage }: AccessSectionProps) => (
  <section aria-labelledby="access" className={classes.access}>
    <h2 id="access">Access</h2>
    <p className={form.note}>
      {restricted
        ? `Restricted: for everybody but owners, admins and those who were given access, this ${kind} is not there.`
        : `Open: roles decide who may do what. Single members can be given more than their role does.`}
      {granted !== null && ` You were given: ${levelWord(kind, granted).toLowerCase()}.`}
    </p>
    <Facts label="By role" facts={accessByRole(kind, restricted)} />
    {manage && <AccessEditor kind={kind} {...manage} />}
  </section>
)

type Wanted = Pick<AccessView, 'restricted'> & { grants: { subject_id: string; level: string }[] }

interface EditorProps {
  kind: GrantedKind
  access: AccessView
  members: readonly MemberView[]
}

const AccessEditor = ({ kind, access: initial, members }: EditorProps) => {
  const router = useRouter()
  const [access, setAccess] = useState(initial)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const path = `/api/${kind}s/${access.object_id}/grants`
  const put = async (done: string, change: Partial<Wanted>) => {
    setBusy(true)
    setError(undefined)
    const grants = access.grants.map(({ subject_id, level }) => ({ subject_id, level }))
    try {
      const body = { restricted: access.restricted, grants, ...change }
      setAccess((await callApi<AccessView>(path, { method: 'PUT', body, ifMatch: etagOf(access) })).data)
      await showToast({ id: 'access', title: done, message: '' })
      router.refresh()
    } catch (problem) {
      setError(sentenceOf(problem))
      // Somebody else may have been faster: what is shown next is what is there.
      const now = await callApi<AccessView>(path).catch(() => undefined)
      if (now) setAccess(now.data)
    }
    setBusy(false)
  }
  const others = (subjectId: string) =>
    access.grants.flatMap(({ subject_id, level }) => (subject_id === subjectId ? [] : [{ subject_id, level }]))
  const give = ({ id, name }: Named, level: string) =>
    put(`${name}: ${levelWord(kind, level).toLowerCase()}`, { grants: [...others(id), { subject_id: id, level }] })
  const take = ({ id, name }: Named) => put(`${name} has no special access any more`, { grants: others(id) })
  return (
    <>
      <FormError>{error}</FormError>
      <Switch
        label={`Restrict this ${kind}`}
        description="Only owners, admins and the people listed here see it, whatever their role."
        checked={access.restricted}
        disabled={isBusy}
        onChange={({ currentTarget: { checked } }) =>
          put(checked ? 'Restricted' : 'Open to everybody whose role allows it', { restricted: checked })
        }
      />
      {access.grants.length === 0 ? (
        <p className={form.note}>Nobody was given access of their own.</p>
      ) : (
        <GrantsTable kind={kind} grants={access.grants} isBusy={isBusy} onGive={give} onTake={take} />
      )}
      <GiveForm kind={kind} access={access} members={members} isBusy={isBusy} onGive={give} />
    </>
  )
}

interface Named {
  id: string
  name: string
}

interface GrantsTableProps {
  kind: GrantedKind
  grants: AccessView['grants']
  isBusy: boolean
  onGive(subject: Named, level: string): void
  onTake(subject: Named): void
}

const GrantsTable = ({ kind, grants, isBusy, onGive, onTake }: GrantsTableProps) => (
  <Table label="Who was given access" columns={['Name', 'May', 'Given', actionsColumn]} isOneLine>
    {grants.map(({ subject_id: id, subject_name: name, subject_kind, level, created_at }) => (
      <tr key={id} className={table.row}>
        <td className={table.name}>{subject_kind === 'api_key' ? `${name} (API key)` : name}</td>
        <td>
          <NativeSelect
            aria-label={`What ${name} may do`}
            size="xs"
            value={level}
            disabled={isBusy}
            data={levelsOf(kind)}
            onChange={({ currentTarget: { value } }) => onGive({ id, name }, value)}
          />
        </td>
        <td className={table.dim}>
          <RelativeTime at={created_at} />
        </td>
        <td className={table.end}>
          <Button
            variant="default"
            size="xs"
            disabled={isBusy}
            aria-label={`Take back the access of ${name}`}
            onClick={() => onTake({ id, name })}
          >
            Take back
          </Button>
        </td>
      </tr>
    ))}
  </Table>
)

interface GiveFormProps extends EditorProps {
  isBusy: boolean
  onGive(subject: Named, level: string): void
}

const GiveForm = ({ kind, access, members, isBusy, onGive }: GiveFormProps) => {
  const isListed = (id: string) => access.grants.some(({ subject_id }) => subject_id === id)
  const open = members.filter(({ id, role, status }) => status === 'active' && !isAdmin(role) && !isListed(id))
  if (open.length === 0) return <p className={form.note}>There is nobody else to give it to. Invite somebody first.</p>
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const member = open.find(({ id }) => id === data.get('member'))
    if (member) onGive(member, String(data.get('level')))
  }
  return (
    <form className={classes.give} method="post" onSubmit={send}>
      <NativeSelect label="Member" name="member" data={open.map(({ id, name, email }) => option(id, name, email))} />
      <NativeSelect label="May" name="level" data={levelsOf(kind)} defaultValue={grantLevels[kind][1]} />
      <Button type="submit" variant="default" loading={isBusy}>
        Give access
      </Button>
    </form>
  )
}

const option = (value: string, name: string, email: string) => ({ value, label: `${name} · ${email}` })

const isAdmin = (role: string): boolean => role === 'owner' || role === 'admin'

const levelsOf = (kind: GrantedKind) =>
  grantLevels[kind].map((level) => ({ value: level, label: levelWord(kind, level) }))
