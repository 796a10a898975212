import { ButtonLink } from '#components/layout/button-link'
import { liftedBy } from '#lib/auth/grant-levels'
import type { Permission } from '#lib/auth/permissions'
import type { ConnectionView } from '#lib/connections/schema'
import { formFields, manifestOf } from '#lib/connectors/catalog'
import type { ConnectionRole } from '#lib/connectors/contract'
import type { CredentialView } from '#lib/credentials/schema'
import { ConnectionForm } from './connection-form.tsx'
import { choiceOf } from './credential-choice.ts'
import { FormHeader } from './form-header.tsx'

interface ConnectionFormPageProps {
  type: string
  role: ConnectionRole
  preset?: string | undefined
  view?: ConnectionView | undefined
  /** The connection that a new one is a copy of. */
  original?: ConnectionView | undefined
  /** The first stored credentials that fit. */
  credentials: readonly CredentialView[]
  /** The one that `view` or `original` has. */
  attached?: CredentialView | undefined
  permissions: readonly Permission[]
}

/** The page around the form: what it is about, and what this person may do with it. */
export const ConnectionFormPage = (props: ConnectionFormPageProps) => {
  const { type, role, preset, view, original, credentials, attached, permissions } = props
  const manifest = manifestOf(type)
  const crumbs = [{ label: 'Connections', href: '/workspace/connections' }]
  const catalog = { label: 'New', href: `/workspace/connections/new?role=${role}` }
  return (
    <>
      <FormHeader
        type={manifest.id}
        connector={manifest.name}
        title={view?.name ?? (original ? `Copy of ${original.name}` : `New ${manifest.name} ${role}`)}
        subtitle={view ? `${manifest.name} · ${view.summary}` : manifest.summary}
        crumbs={view ? crumbs : [...crumbs, catalog]}
      >
        {view && (
          <ButtonLink variant="default" href={`/workspace/connections/${view.id}/history`}>
            History
          </ButtonLink>
        )}
        {view && permissions.includes('grants:write') && (
          <ButtonLink variant="default" href={`/workspace/connections/${view.id}/access`}>
            Access
          </ButtonLink>
        )}
      </FormHeader>
      <ConnectionForm
        key={view?.id ?? `${type}/${preset ?? original?.id}`}
        type={manifest.id}
        fields={formFields(manifest)}
        role={manifest.roles.includes(role) ? role : manifest.roles[0]}
        preset={preset}
        view={view}
        original={original}
        isShared={(attached?.used_by_count ?? 0) > 1}
        canBind={permissions.includes('credentials:bind')}
        choices={withAttached(credentials, attached).map(choiceOf)}
        canAttach={permissions.includes('credentials:attach')}
        refusal={
          [...permissions, ...liftedBy('connection', view?.granted ?? null)].includes('connections:write')
            ? undefined
            : 'Your role may look at connections but not change them.'
        }
      />
    </>
  )
}

const withAttached = (
  credentials: readonly CredentialView[],
  attached: CredentialView | undefined,
): CredentialView[] =>
  attached && !credentials.some(({ id }) => id === attached.id) ? [attached, ...credentials] : [...credentials]
