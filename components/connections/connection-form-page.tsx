import { ButtonLink } from '#components/layout/button-link'
import { liftedBy } from '#lib/auth/grant-levels'
import type { Permission } from '#lib/auth/permissions'
import type { ConnectionView } from '#lib/connections/schema'
import { formFields, manifestOf } from '#lib/connectors/catalog'
import type { ConnectionRole } from '#lib/connectors/contract'
import type { CredentialView } from '#lib/credentials/schema'
import { ConnectionForm } from './connection-form.tsx'
import { FormHeader } from './form-header.tsx'

interface ConnectionFormPageProps {
  type: string
  role: ConnectionRole
  preset?: string | undefined
  view?: ConnectionView | undefined
  credentials: readonly CredentialView[]
  permissions: readonly Permission[]
}

/** The page around the form: what it is about, and what this person may do with it. */
export const ConnectionFormPage = ({ type, role, preset, view, credentials, permissions }: ConnectionFormPageProps) => {
  const manifest = manifestOf(type)
  const attached = credentials.find(({ id }) => id === view?.credential_id)
  const crumbs = [{ label: 'Connections', href: '/workspace/connections' }]
  const catalog = { label: 'New', href: `/workspace/connections/new?role=${role}` }
  return (
    <>
      <FormHeader
        type={manifest.id}
        connector={manifest.name}
        title={view?.name ?? `New ${manifest.name} ${role}`}
        subtitle={view ? `${manifest.name} · ${view.summary}` : manifest.summary}
        crumbs={view ? crumbs : [...crumbs, catalog]}
      >
        {view && permissions.includes('grants:write') && (
          <ButtonLink variant="default" href={`/workspace/connections/${view.id}/access`}>
            Access
          </ButtonLink>
        )}
      </FormHeader>
      <ConnectionForm
        key={view?.id ?? `${type}/${preset}`}
        type={manifest.id}
        fields={formFields(manifest)}
        role={manifest.roles.includes(role) ? role : manifest.roles[0]}
        preset={preset}
        view={view}
        isShared={(attached?.used_by_count ?? 0) > 1}
        canBind={permissions.includes('credentials:bind')}
        choices={credentials.filter((credential) => fits(credential, manifest.credentials)).map(choiceOf)}
        refusal={
          [...permissions, ...liftedBy('connection', view?.granted ?? null)].includes('connections:write')
            ? undefined
            : 'Your role may look at connections but not change them.'
        }
      />
    </>
  )
}

const fits = ({ kind, status }: CredentialView, accepted: readonly string[]): boolean =>
  status === 'active' && accepted.includes(kind)

const choiceOf = ({ id, name, config, sealed_to }: CredentialView) => ({
  id,
  name,
  hint: typeof config.username === 'string' ? config.username : '',
  sealed_to,
})
