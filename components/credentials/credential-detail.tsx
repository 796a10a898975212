import type { ReactNode } from 'react'
import { FormHeader } from '#components/connections/form-header'
import { Badge, EnvironmentBadge } from '#components/layout/badge'
import { Facts } from '#components/layout/facts'
import { RelativeTime } from '#components/layout/relative-time'
import { isCredentialKind as isKnown } from '#lib/credentials/kinds'
import type { Attachment, CredentialVersionView, CredentialView } from '#lib/credentials/schema'
import { plural } from '#lib/format/number'
import { AttachmentsTable } from './attachments-table.tsx'
import { CredentialActions } from './credential-actions.tsx'
import classes from './credentials.module.css'
import { typeAndKind } from './credentials-table.tsx'
import { formKind } from './form-kinds.ts'
import { SecretState, StateBadges } from './state-badges.tsx'
import { VersionsTable } from './versions-table.tsx'

interface DetailProps {
  credential: CredentialView
  attachments: readonly Attachment[]
  /** Connections that use it and that may not be seen. */
  hidden: number
  /** There are more than are shown. */
  hasMoreAttachments: boolean
  versions: readonly CredentialVersionView[]
  /** A new secret on its way in. */
  rotation?: ReactNode
  /** Who sees and uses it. */
  access: ReactNode
  /** What happened to it lately, for those who may read the trail. */
  activity?: ReactNode
}

/** What may be known about a credential, who depends on it, and what can be done with it. */
export const CredentialDetail = ({
  credential,
  attachments,
  hidden,
  hasMoreAttachments,
  versions,
  rotation,
  access,
  activity,
}: DetailProps) => (
  <>
    <FormHeader
      title={credential.name}
      crumbs={[{ label: 'Credentials', href: '/workspace/credentials' }]}
      subtitle={
        <>
          {typeAndKind(credential.type, credential.kind)}
          {credential.scope === 'organization' && <Badge tone="accent">Organization</Badge>}
          {credential.restricted && <Badge tone="accent">Restricted</Badge>}
          <StateBadges credential={credential} />
        </>
      }
    >
      <CredentialActions credential={credential} attachments={attachments} />
    </FormHeader>
    <div className={classes.detail}>
      <div className={classes.sections}>
        <Notices credential={credential} />
        <Section title="Secret" note={sealedNote(credential)}>
          <Facts label="Secret" facts={secretFacts(credential)} />
        </Section>
        {rotation}
        <Section title="Used by" note={attachments.length + hidden > 0 ? undefined : 'No connection has it attached.'}>
          {attachments.length > 0 && <AttachmentsTable attachments={attachments} />}
          {hidden > 0 && <p className={classes.note}>{hiddenNote(hidden)}</p>}
          {hasMoreAttachments && (
            <p className={classes.note}>
              {plural(credential.used_by_count, 'connection')} use it; the first are shown.
            </p>
          )}
        </Section>
        {versions.length > 0 && (
          <Section title="Versions" note="Each replacement makes a new one. Values are never shown.">
            <VersionsTable versions={versions} />
          </Section>
        )}
        {access}
        {activity && <Section title="Activity">{activity}</Section>}
      </div>
      <div className={classes.sections}>
        <Section title="Details">
          <Facts label="Details" facts={[...publicFacts(credential), ...labelFacts(credential)]} />
        </Section>
      </div>
    </div>
  </>
)

const Section = ({ title, note, children }: { title: string; note?: string | undefined; children: ReactNode }) => (
  <section>
    <div className={classes.sectionHead}>
      <h2>{title}</h2>
      {note && <p className={classes.note}>{note}</p>}
    </div>
    {children}
  </section>
)

const Notices = ({ credential: { status, deleted_at, rotate_reason } }: { credential: CredentialView }) => (
  <>
    {deleted_at !== null && (
      <p className={classes.notice}>
        Deleted <RelativeTime at={deleted_at} />. No connection can use it; restore it, or delete it permanently.
      </p>
    )}
    {status === 'disabled' && deleted_at === null && (
      <p className={classes.notice}>Disabled. Every connection that has it attached fails until it is enabled again.</p>
    )}
    {rotate_reason !== null && deleted_at === null && (
      <p className={classes.notice}>Replace its secret soon: {rotate_reason}</p>
    )}
  </>
)

const hiddenNote = (hidden: number): string =>
  `${plural(hidden, 'connection')} you may not see: restricted, or of another workspace.`

const sealedNote = ({ sealed_to }: CredentialView): string =>
  sealed_to === null
    ? 'The first connection it is attached to decides where it may be sent.'
    : 'It is only ever sent to the system it is sealed to, whatever a connection is changed to.'

type Fact = readonly [string, ReactNode]

const secretFacts = (credential: CredentialView): Fact[] => {
  const { secret, sealed_to, last_used_at } = credential
  return [
    ['Stored', <SecretState key="secret" credential={credential} />],
    ['Secret fields', secret.fields.map((name) => labelOf(credential, name)).join(', ') || 'None'],
    ['Sealed to', sealed_to === null ? 'Nothing yet' : <code key="to">{sealed_to}</code>],
    ['Last used', last_used_at === null ? 'Never' : <RelativeTime key="used" at={last_used_at} />],
    ...expiryFacts(credential),
    ...(secret.fingerprint === null
      ? []
      : [['Fingerprint', <code key="print">{secret.fingerprint || '—'}</code>] as const]),
  ]
}

const expiryFacts = ({ expires_at, rotate_every_days, rotate_at }: CredentialView): Fact[] => [
  ...(expires_at === null ? [] : [['Expires', <RelativeTime key="expires" at={expires_at} />] as const]),
  ...(rotate_every_days === null
    ? []
    : [
        [
          'Rotation',
          <span key="rotation">
            Every {plural(rotate_every_days, 'day')}
            {rotate_at && (
              <>
                , due <RelativeTime at={rotate_at} />
              </>
            )}
          </span>,
        ] as const,
      ]),
]

/** In the order of the form. */
const publicFacts = ({ kind, config, certificate }: CredentialView): Fact[] =>
  (isKnown(kind) ? formKind(kind).fields : [])
    .filter(({ name }) => config[name] !== undefined)
    .map(({ name, label }) => [
      label,
      certificate && isPem(config[name]) ? <CertificateLine key={name} {...certificate} /> : shown(config[name]),
    ])

const isPem = (value: unknown): boolean => typeof value === 'string' && value.includes('-----BEGIN CERTIFICATE')

const CertificateLine = ({ subject, issuer, expires_at }: NonNullable<CredentialView['certificate']>) => (
  <span>
    {subject}, issued by {issuer}, valid until <RelativeTime at={expires_at} />
  </span>
)

const shown = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value))

const labelFacts = ({
  environment,
  system,
  owner_team,
  description,
  created_at,
  updated_at,
}: CredentialView): Fact[] => [
  ['Environment', <EnvironmentBadge key="environment" environment={environment} />],
  ['System', system ?? '—'],
  ['Owner team', owner_team ?? '—'],
  ...(description ? [['Description', description] as const] : []),
  ['Created', <RelativeTime key="created" at={created_at} />],
  ['Changed', <RelativeTime key="changed" at={updated_at} />],
]

/** The words of the form, also for a field. */
const labelOf = ({ kind }: CredentialView, name: string): string =>
  (isKnown(kind) ? formKind(kind).fields.find((field) => field.name === name)?.label : undefined) ?? name
