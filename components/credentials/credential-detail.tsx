import Link from 'next/link'
import { EnvironmentBadge } from '#components/layout/badge'
import { Facts } from '#components/layout/facts'
import { Page } from '#components/layout/page'
import { PageHeader } from '#components/layout/page-header'
import { RelativeTime } from '#components/layout/relative-time'
import type { CredentialView } from '#lib/credentials/schema'
import { plural } from '#lib/format/number'
import { kindLabel } from './credentials-table.tsx'
import { SecretState } from './state-badges.tsx'

/** What may be known about a credential. */
export const CredentialDetail = ({ credential }: { credential: CredentialView }) => {
  const { name, kind, config, secret, sealed_to, used_by_count, environment, created_at } = credential
  return (
    <Page>
      <PageHeader title={name} lead={<Link href="/workspace/credentials">All credentials</Link>} />
      <Facts
        label="Credential"
        facts={[
          ['Type', kindLabel(kind)],
          ...Object.entries(config).map(([key, value]): [string, string] => [labelOf(key), String(value)]),
          ['Secret', <SecretState key="secret" credential={credential} />],
          ['Secret fields', secret.fields.length > 0 ? secret.fields.map(labelOf).join(', ') : 'None'],
          ['Version', String(secret.version)],
          ['Fingerprint', <code key="fingerprint">{secret.fingerprint || '—'}</code>],
          [
            'Sealed to',
            sealed_to === null ? 'Nothing yet; the first connection decides.' : <code key="to">{sealed_to}</code>,
          ],
          ['Environment', <EnvironmentBadge key="environment" environment={environment} />],
          ['Used by', used_by_count === 0 ? 'Nothing' : plural(used_by_count, 'connection')],
          ['Created', <RelativeTime key="created" at={created_at} />],
        ]}
      />
    </Page>
  )
}

const labelOf = (key: string): string => key.charAt(0).toUpperCase() + key.slice(1).replaceAll('_', ' ')
