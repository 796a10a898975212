import { type CredentialKind, type CredentialType, credentialKinds, type KindField } from '#lib/credentials/kinds'

export interface FormField extends KindField {
  name: string
  isSecret: boolean
  widget: NonNullable<KindField['widget']>
  /** What the schema takes where nothing is given. */
  initial: string
}

/** A kind as the form draws it: plain data, so that the schemas stay on the server. */
export interface FormKind {
  kind: CredentialKind
  type: CredentialType
  label: string
  summary: string
  fields: FormField[]
}

/** Reads a kind off the table; the only place that knows how its two parts are declared. */
export const formKind = (kind: CredentialKind): FormKind => {
  const { type, label, summary, meta, secret, ui } = credentialKinds[kind]
  const publicShape: Record<string, { safeParse(value: undefined): { data?: unknown } }> = meta.shape
  const fields = Object.entries<KindField>(ui).map(([name, field]) => {
    const isSecret = Object.hasOwn(secret.shape, name)
    const initial = isSecret ? undefined : publicShape[name]?.safeParse(undefined).data
    const widget = field.widget ?? (isSecret ? 'secret' : 'text')
    return { ...field, name, isSecret, widget, initial: typeof initial === 'string' ? initial : '' } as const
  })
  return { kind, type, label, summary, fields }
}

export const formKindsOf = (type: CredentialType): FormKind[] =>
  Object.entries(credentialKinds)
    .filter(([, kind]) => kind.type === type)
    .map(([name]) => formKind(name as CredentialKind))
