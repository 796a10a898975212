import type { FieldUi } from '../contract.ts'

/** libpq's six modes, weakest first. */
export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
export type SslMode = (typeof sslModes)[number]

/** What each mode means, in libpq's sense. */
export const sslModeOptions: NonNullable<FieldUi['options']> = {
  disable: {
    label: 'disable',
    help: 'Never encrypted. Anyone on the way can read rows and change them.',
    warning: true,
  },
  allow: {
    label: 'allow',
    help: 'Tries without encryption first, and encrypts only when the server insists. The server is not checked.',
    warning: true,
  },
  prefer: {
    label: 'prefer',
    help: 'Encrypts when the server can, otherwise carries on without. Someone on the way can switch encryption off.',
    warning: true,
  },
  require: {
    label: 'require',
    help: 'Always encrypted, but any certificate is accepted. With a CA certificate below, it is checked as in verify-ca.',
    warning: true,
  },
  'verify-ca': {
    label: 'verify-ca',
    help: 'Always encrypted; the certificate must come from a trusted authority. Its name is not compared with the host.',
  },
  'verify-full': {
    label: 'verify-full (recommended)',
    help: 'Always encrypted; the certificate must come from a trusted authority and be made out to this host.',
  },
}

/** What is really checked: a CA certificate turns `require` into `verify-ca`, as libpq does. */
export const effectiveMode = (mode: SslMode, rootCert: string | undefined): SslMode =>
  mode === 'require' && rootCert !== undefined ? 'verify-ca' : mode
