import Link from 'next/link'
import { type CredentialType, credentialTypeLabels } from '#lib/credentials/kinds'
import classes from './credentials.module.css'
import type { FormKind } from './form-kinds.ts'
import { TypeIcon } from './type-icon.tsx'

const summaries = {
  aws: 'Access keys, temporary sessions, and roles to assume.',
  azure: 'App registrations and managed identities.',
  gcp: 'Service accounts and workload identity federation.',
  database: 'A username and password, with SSH and certificates where needed.',
  api_key: 'Keys and tokens of HTTP services, and webhook secrets.',
  oauth: 'A client with the refresh token it was given.',
  password: 'For FTP, HTTP basic authentication, LDAP and the like.',
} as const satisfies Record<CredentialType, string>

const newHref = (query: Record<string, string>) => `/workspace/credentials/new?${new URLSearchParams(query)}`

/** What the credential opens. */
export const TypeCards = ({ types }: { types: readonly CredentialType[] }) => (
  <ul className={classes.cards}>
    {types.map((type) => (
      <Card key={type} type={type} href={newHref({ type })} title={credentialTypeLabels[type]} text={summaries[type]} />
    ))}
  </ul>
)

/** How it proves itself, where a type has several ways. */
export const KindCards = ({ kinds }: { kinds: readonly FormKind[] }) => (
  <ul className={classes.cards}>
    {kinds.map(({ kind, type, label, summary }) => (
      <Card key={kind} type={type} href={newHref({ type, kind })} title={label} text={summary} />
    ))}
  </ul>
)

interface CardProps {
  type: CredentialType
  href: string
  title: string
  text: string
}

const Card = ({ type, href, title, text }: CardProps) => (
  <li>
    <Link href={href} className={classes.card}>
      <TypeIcon type={type} size={20} />
      <span className={classes.cardTitle}>{title}</span>
      <span className={classes.cardText}>{text}</span>
    </Link>
  </li>
)
