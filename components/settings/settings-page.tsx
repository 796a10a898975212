import { IconAlertTriangle } from '@tabler/icons-react'
import Link from 'next/link'
import { Badge } from '#components/layout/badge'
import { Facts } from '#components/layout/facts'
import { Page } from '#components/layout/page'
import { PageHeader } from '#components/layout/page-header'
import type { KeyList } from '#lib/keys/schema'
import type { WorkspaceView } from '#lib/workspaces/schema'
import sections from '../layout/sections.module.css'
import { CredentialTypesForm } from './credential-types-form.tsx'
import { EncryptionKeys } from './encryption-keys.tsx'
import classes from './settings.module.css'
import { WorkspaceForm } from './workspace-form.tsx'

const sources: Record<WorkspaceView['keys']['source'], string> = {
  file: 'The file keys/encryption.json in the home folder of this installation',
  env: 'The environment variable JACKFIELD_ENCRYPTION_KEY',
  'aws-kms': 'The key file, wrapped by AWS KMS',
  'gcp-kms': 'The key file, wrapped by Google Cloud KMS',
  'azure-key-vault': 'The key file, wrapped by Azure Key Vault',
  'vault-transit': 'The key file, wrapped by Vault',
  missing: 'No key was found',
  unknown: 'Not known: the engine does not answer',
}

interface SettingsPageProps extends WorkspaceView {
  /** For those who may see the keys, while the engine answers. */
  keyList: KeyList | undefined
}

/** The workspace, and whether its secrets can be opened. */
export const SettingsPage = ({ workspace, user, keys, keyList, permissions, credential_types }: SettingsPageProps) => (
  <Page>
    <div className={sections.sections}>
      <PageHeader title="Settings" />
      <section>
        <h2>Workspace</h2>
        <Facts
          label="Workspace"
          facts={[
            ['Name', workspace.name],
            ['Id', <code key="id">{workspace.id}</code>],
            ['You', user.email === null ? user.name : `${user.name} · ${user.email}`],
            [
              'Your role',
              <span key="role" className={sections.role}>
                {user.role}
              </span>,
            ],
          ]}
        />
        {permissions.includes('workspace:write') && <WorkspaceForm key={workspace.revision} saved={workspace} />}
      </section>
      {permissions.includes('credentials:administer') && (
        <section>
          <h2>Credential types</h2>
          <CredentialTypesForm key={credential_types.join()} allowed={credential_types} />
        </section>
      )}
      <section>
        <h2>Encryption key</h2>
        <Facts
          label="Encryption key"
          facts={[
            [
              'State',
              <Badge key="state" tone={keys.problem === null ? 'success' : 'danger'}>
                {keys.problem === null ? 'Ready' : 'Problem'}
              </Badge>,
            ],
            ['Kept in', sources[keys.source]],
            // Whoever may read the keys sees them below, as they are now.
            ...(keyList ? [] : keys.key_ids).map(
              (id, n) => [n === 0 ? 'Seals with' : 'Also opens with', <code key={id}>{id}</code>] as const,
            ),
            ...(keys.problem === null ? [] : [['What is wrong', keys.problem] as const]),
          ]}
        />
        <p className={classes.warning}>
          <IconAlertTriangle size={17} stroke={1.8} aria-hidden />
          <span>
            Back this key up, apart from the database. A dump of the database opens nothing without it, and without it
            nobody can open the stored secrets, not even you.
          </span>
        </p>
      </section>
      <EncryptionKeys initial={keyList} />
      <section>
        <h2>Locked credentials</h2>
        {keys.locked_credentials.length === 0 ? (
          <p className={classes.none}>None. Every stored secret can be opened with the keys of this installation.</p>
        ) : (
          <>
            <p className={classes.none}>
              These were sealed with a key that is not here. Put the key back and restart, or type the secrets again on
              the connections that use them.
            </p>
            <ul className={classes.locked}>
              {keys.locked_credentials.map(({ id, name }) => (
                <li key={id}>
                  <Link href={`/workspace/credentials/${id}`}>{name}</Link>
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
    </div>
  </Page>
)
