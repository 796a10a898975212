import { PasswordInput, Textarea, TextInput } from '@mantine/core'
import form from '../layout/form.module.css'

interface HttpsFieldsProps {
  url: string | undefined
  ca: string | undefined
  /** A signing key is stored: it can be replaced and never read. */
  isKeySet: boolean
  /** What is wrong, by pointer. */
  fields: ReadonlyMap<string, string>
  /** Where address and certificate stand in what is sent. */
  at: string
}

/** Who receives signed JSON. */
export const HttpsFields = ({ url, ca, isKeySet, fields, at }: HttpsFieldsProps) => (
  <>
    <TextInput
      label="Address"
      name="url"
      placeholder="https://hooks.example.com/events"
      defaultValue={url}
      error={fields.get(`${at}/url`)}
      required
    />
    <div className={form.pair}>
      <PasswordInput
        label="Signing key"
        name="signing_key"
        autoComplete="off"
        placeholder={isKeySet ? 'Stored; leave empty to keep it' : undefined}
        error={fields.get('/secret') ?? fields.get('/secret/signing_key')}
        required={!isKeySet}
      />
      <PasswordInput
        label="Authorization header"
        name="authorization"
        autoComplete="off"
        placeholder="Optional"
        error={fields.get('/secret/authorization')}
      />
    </div>
    <AuthorityField name="ca" defaultValue={ca} error={fields.get(`${at}/ca`)} />
  </>
)

interface AuthorityFieldProps {
  name: string
  defaultValue: string | undefined
  error: string | undefined
}

export const AuthorityField = (props: AuthorityFieldProps) => (
  <Textarea
    label="Certificate of a private authority"
    description="PEM; leave empty for public ones."
    rows={3}
    {...props}
  />
)

/** The secret as it is sent; nothing where the stored one stays. */
export const httpsSecretOf = (data: FormData): { signing_key: string; authorization?: string } | undefined => {
  const signing_key = String(data.get('signing_key') ?? '').trim()
  const authorization = String(data.get('authorization') ?? '').trim()
  if (signing_key === '') return undefined
  return { signing_key, ...(authorization !== '' && { authorization }) }
}
