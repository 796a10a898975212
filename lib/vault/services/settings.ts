import { KeyProblem } from '../key-problem.ts'

/** Where a new key is kept, and who this installation is to a key service. Named as the variables they come from. */
export interface KeySettings {
  /** `file`, or a service and its key such as `aws-kms:arn:aws:kms:…`. */
  JACKFIELD_KEY_SOURCE?: string | undefined
  JACKFIELD_KEYS_AWS_ACCESS_KEY_ID?: string | undefined
  JACKFIELD_KEYS_AWS_SECRET_ACCESS_KEY?: string | undefined
  JACKFIELD_KEYS_AWS_SESSION_TOKEN?: string | undefined
  JACKFIELD_KEYS_AWS_ENDPOINT?: string | undefined
  JACKFIELD_KEYS_GCP_SERVICE_ACCOUNT_FILE?: string | undefined
  JACKFIELD_KEYS_GCP_ENDPOINT?: string | undefined
  JACKFIELD_KEYS_AZURE_TENANT_ID?: string | undefined
  JACKFIELD_KEYS_AZURE_CLIENT_ID?: string | undefined
  JACKFIELD_KEYS_AZURE_CLIENT_SECRET?: string | undefined
  JACKFIELD_KEYS_AZURE_AUTHORITY?: string | undefined
  JACKFIELD_KEYS_VAULT_TOKEN?: string | undefined
  JACKFIELD_KEYS_VAULT_ROLE_ID?: string | undefined
  JACKFIELD_KEYS_VAULT_SECRET_ID?: string | undefined
  JACKFIELD_KEYS_VAULT_NAMESPACE?: string | undefined
}

/** A setting that a service cannot do without. */
export const needed = (settings: KeySettings, name: keyof KeySettings, service: string): string => {
  const value = settings[name]
  if (value) return value
  throw new KeyProblem('unavailable', `${service} cannot be asked: ${name} is not set. Set it and restart.`)
}
