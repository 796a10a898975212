import * as z from 'zod'
import { isPlainText } from '#lib/core/text'

/** The seven families a credential belongs to. */
export const credentialTypes = ['aws', 'azure', 'gcp', 'database', 'api_key', 'oauth', 'password'] as const
export type CredentialType = (typeof credentialTypes)[number]

const plain = (max: number) =>
  z.string().max(max, `Use at most ${max} characters.`).refine(isPlainText, 'Remove control characters.')

/** A secret is kept byte for byte: only NUL, which no protocol we speak can carry, is refused. */
const secretText = z
  .string()
  .max(65_536, 'Use at most 64 KiB.')
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'This value holds characters that cannot be stored.')

export interface KindField {
  label: string
  help?: string
  placeholder?: string
  /** Not offered by the form; shown only where a value is stored. */
  advanced?: boolean
}

/** Every credential kind: a public part (`meta`, shown to teammates) and a sealed part (`secret`). Drivers receive the two merged. */
export const credentialKinds = {
  'database.password': {
    type: 'database',
    label: 'Username and password',
    meta: z.strictObject({
      username: plain(256).min(1, 'Enter the username.'),
      engine: plain(64).optional(),
      host: plain(255).optional(),
      port: z.coerce.number().int().min(1).max(65_535).optional(),
      database: plain(256).optional(),
    }),
    secret: z.strictObject({ password: secretText.optional(), extra: secretText.optional() }),
    ui: {
      username: { label: 'Username', placeholder: 'e.g. etl_user' },
      password: { label: 'Password' },
      extra: { label: 'Extra', help: 'Additional settings as JSON; sealed as a whole.', advanced: true },
    },
  },
} as const satisfies Record<
  string,
  { type: CredentialType; label: string; meta: z.ZodObject; secret: z.ZodObject; ui: Record<string, KindField> }
>

export type CredentialKind = keyof typeof credentialKinds

/** What a driver receives: public and secret parts of one of the kinds it accepts. */
export type CredentialOf<K extends CredentialKind> = {
  [P in K]: { kind: P } & z.output<(typeof credentialKinds)[P]['meta']> &
    z.output<(typeof credentialKinds)[P]['secret']>
}[K]

export const secretFieldsOf = (kind: CredentialKind): string[] => Object.keys(credentialKinds[kind].secret.shape)
