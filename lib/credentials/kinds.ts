import * as z from 'zod'
import { isPlainText } from '#lib/core/text'

/** The seven families a credential belongs to, with the words people know them by. */
export const credentialTypeLabels = {
  database: 'Database login',
  aws: 'Amazon Web Services',
  azure: 'Microsoft Azure',
  gcp: 'Google Cloud',
  api_key: 'API key',
  oauth: 'OAuth',
  password: 'Password',
} as const
export type CredentialType = keyof typeof credentialTypeLabels
export const credentialTypes = ['aws', 'azure', 'gcp', 'database', 'api_key', 'oauth', 'password'] as const

const plain = (max: number) =>
  z.string().max(max, `Use at most ${max} characters.`).refine(isPlainText, 'Remove control characters.')

const name = (sentence: string, max = 256) => plain(max).min(1, sentence)
const port = z.coerce.number().int().min(1).max(65_535)
const httpUrl = z
  .url({ protocol: /^https?$/, error: 'Use a whole address such as https://api.example.com.' })
  .max(2048)
  .refine((text) => !/^\w+:\/*[^/?#]*@/.test(text), 'Take the username and password out of the address.')
const pem = z
  .string()
  .max(65_536)
  .regex(
    /^\s*-----BEGIN [A-Z ]*CERTIFICATE-----[\s\S]+-----END [A-Z ]*CERTIFICATE-----\s*$/,
    'Paste the certificate with its BEGIN and END lines.',
  )
const arn = plain(2048).regex(
  // Other stores write a tenant, or nothing, where Amazon has the number of the account.
  /^arn:aws[a-z-]*:iam::[\w-]{0,64}:role\/[\w+=,.@/-]+$/,
  'Use a role’s ARN such as arn:aws:iam::123456789012:role/Ingest.',
)
const headerName = z
  .string()
  .max(128)
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'Use letters, digits and hyphens, as HTTP headers do.')

/** A secret is kept byte for byte: only NUL, which no protocol we speak can carry, is refused. */
const secretText = z
  .string()
  .max(65_536, 'Use at most 64 KiB.')
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'This value holds characters that cannot be stored.')

/** Several named secrets, such as headers: an object on the wire, sealed as one JSON text. */
const secretMap = (key: z.ZodType<string>) =>
  z
    .record(
      key,
      secretText.refine((text) => !/[\r\n]/.test(text), 'Remove the line break.'),
    )
    .refine((map) => Object.keys(map).length <= 20, 'Use at most 20.')
    .transform((map) => JSON.stringify(map))

export interface KindField {
  label: string
  help?: string
  placeholder?: string
  /** `text` for public fields and `secret` for secret ones unless given. */
  widget?: 'text' | 'secret' | 'textarea' | 'number' | 'select' | 'list' | 'map'
  /** Values of a `select`. */
  options?: Record<string, string>
  /** The form does not save without it; the API may still store it without, to be completed later. */
  required?: boolean
  /** Heading of a part of the form that is closed until somebody needs it. */
  group?: string
  /** Not offered by the form; shown only where a value is stored. */
  advanced?: boolean
}

interface Kind {
  type: CredentialType
  label: string
  /** When to take this one, in a sentence. */
  summary: string
  meta: z.ZodObject
  secret: z.ZodObject
  /** Every field of both parts, in the order of the form. */
  ui: Record<string, KindField>
}

/** What logs in to the SSH server that a connection goes through, beside the login of the connection itself. */
const sshTunnelSecrets = {
  ssh_private_key: secretText.optional(),
  ssh_passphrase: secretText.optional(),
  ssh_password: secretText.optional(),
}
const sshTunnelUi = {
  ssh_private_key: {
    label: 'SSH private key',
    help: 'For connections that go through an SSH server; its host and user belong to the connection.',
    placeholder: '-----BEGIN OPENSSH PRIVATE KEY-----',
    widget: 'textarea',
    group: 'SSH tunnel',
  },
  ssh_passphrase: { label: 'Passphrase of the SSH key', group: 'SSH tunnel' },
  ssh_password: { label: 'SSH password', group: 'SSH tunnel' },
} satisfies Record<string, KindField>

/** Heading of the certificate that a login may show instead of a password, or beside it. */
export const certificateGroup = 'Client certificate'

/** Every credential kind: a public part (`meta`, shown to teammates) and a sealed part (`secret`). Drivers receive the two merged. */
export const credentialKinds = {
  'database.password': {
    type: 'database',
    label: 'Username and password',
    summary: 'A login of a database or warehouse; an SSH key and a client certificate can go with it.',
    meta: z.strictObject({
      username: name('Enter the username.'),
      engine: plain(64).optional(),
      host: plain(255).optional(),
      port: port.optional(),
      database: plain(256).optional(),
      warehouse: plain(256).optional(),
      role: plain(256).optional(),
      client_certificate: pem.optional(),
    }),
    secret: z.strictObject({
      password: secretText.optional(),
      client_key: secretText.optional(),
      client_key_passphrase: secretText.optional(),
      ...sshTunnelSecrets,
      extra: secretText.optional(),
    }),
    ui: {
      username: { label: 'Username', placeholder: 'e.g. etl_user', required: true },
      password: { label: 'Password' },
      engine: { label: 'Engine', placeholder: 'e.g. postgresql', group: 'Where it belongs' },
      host: {
        label: 'Host',
        placeholder: 'e.g. db.example.com',
        help: 'The secret is sealed to this host: it is never sent anywhere else. Left empty, the first connection decides.',
        group: 'Where it belongs',
      },
      port: { label: 'Port', placeholder: 'e.g. 5432', widget: 'number', group: 'Where it belongs' },
      database: { label: 'Database', placeholder: 'e.g. analytics', group: 'Where it belongs' },
      warehouse: { label: 'Warehouse', placeholder: 'e.g. COMPUTE_WH', group: 'Where it belongs' },
      role: { label: 'Role', placeholder: 'e.g. READER', group: 'Where it belongs' },
      client_certificate: {
        label: 'Client certificate',
        placeholder: '-----BEGIN CERTIFICATE-----',
        widget: 'textarea',
        group: certificateGroup,
      },
      client_key: {
        label: 'Client key',
        placeholder: '-----BEGIN PRIVATE KEY-----',
        widget: 'textarea',
        group: certificateGroup,
      },
      client_key_passphrase: { label: 'Passphrase of the client key', group: certificateGroup },
      ...sshTunnelUi,
      extra: { label: 'Extra', help: 'Additional settings as JSON; sealed as a whole.', advanced: true },
    },
  },
  'aws.access_key': {
    type: 'aws',
    label: 'Access key',
    summary: 'A long-lived key of an IAM user. Prefer a role where you can.',
    meta: z.strictObject({
      access_key_id: name('Enter the access key id.', 128),
      region: plain(64).optional(),
    }),
    secret: z.strictObject({ secret_access_key: secretText.optional() }),
    ui: {
      access_key_id: { label: 'Access key id', placeholder: 'e.g. AKIA…', required: true },
      secret_access_key: { label: 'Secret access key', required: true },
      region: { label: 'Region', placeholder: 'e.g. eu-central-1' },
    },
  },
  'aws.session': {
    type: 'aws',
    label: 'Temporary session',
    summary: 'A key with a session token; it ends by itself, so give it an expiry.',
    meta: z.strictObject({
      access_key_id: name('Enter the access key id.', 128),
      region: plain(64).optional(),
    }),
    secret: z.strictObject({ secret_access_key: secretText.optional(), session_token: secretText.optional() }),
    ui: {
      access_key_id: { label: 'Access key id', placeholder: 'e.g. ASIA…', required: true },
      secret_access_key: { label: 'Secret access key', required: true },
      session_token: { label: 'Session token', widget: 'textarea', required: true },
      region: { label: 'Region', placeholder: 'e.g. eu-central-1' },
    },
  },
  'aws.assume_role': {
    type: 'aws',
    label: 'Assume a role',
    summary:
      'A role that is assumed for each run, directly or through other roles, with an external id if it asks for one.',
    meta: z.strictObject({
      role_arn: arn,
      chain_role_arns: z.array(arn).max(4, 'Use at most four roles in between.').optional(),
      region: plain(64).optional(),
      session_name: plain(64)
        .regex(/^[\w+=,.@-]{2,64}$/, 'Use 2 to 64 letters, digits and + = , . @ - _.')
        .optional(),
      access_key_id: plain(128).optional(),
    }),
    secret: z.strictObject({ external_id: secretText.optional(), secret_access_key: secretText.optional() }),
    ui: {
      role_arn: { label: 'Role ARN', placeholder: 'arn:aws:iam::…:role/…', required: true },
      chain_role_arns: {
        label: 'Roles assumed before it',
        help: 'In order, if the role can only be assumed from another one.',
        placeholder: 'arn:aws:iam::…:role/…',
        widget: 'list',
      },
      external_id: { label: 'External id', help: 'If the role’s trust policy asks for one.' },
      access_key_id: {
        label: 'Access key id',
        help: 'Who assumes the first role. Jackfield never uses the identity of the machine it runs on.',
        placeholder: 'e.g. AKIA…',
      },
      secret_access_key: { label: 'Secret access key' },
      region: { label: 'Region', placeholder: 'e.g. eu-central-1' },
      session_name: { label: 'Session name', placeholder: 'e.g. jackfield' },
    },
  },
  'azure.client_secret': {
    type: 'azure',
    label: 'App registration with a secret',
    summary: 'A service principal that proves itself with a client secret.',
    meta: z.strictObject({
      tenant_id: name('Enter the tenant.', 128),
      client_id: name('Enter the client id.', 128),
      authority_host: httpUrl.optional(),
    }),
    secret: z.strictObject({ client_secret: secretText.optional() }),
    ui: {
      tenant_id: { label: 'Tenant id', placeholder: 'e.g. contoso.onmicrosoft.com', required: true },
      client_id: { label: 'Client id', required: true },
      client_secret: { label: 'Client secret', required: true },
      authority_host: { label: 'Authority', placeholder: 'https://login.microsoftonline.com', group: 'Other clouds' },
    },
  },
  'azure.certificate': {
    type: 'azure',
    label: 'App registration with a certificate',
    summary: 'A service principal that signs with its key instead of sending a secret.',
    meta: z.strictObject({
      tenant_id: name('Enter the tenant.', 128),
      client_id: name('Enter the client id.', 128),
      certificate: pem.optional(),
      authority_host: httpUrl.optional(),
    }),
    secret: z.strictObject({ private_key: secretText.optional(), private_key_passphrase: secretText.optional() }),
    ui: {
      tenant_id: { label: 'Tenant id', placeholder: 'e.g. contoso.onmicrosoft.com', required: true },
      client_id: { label: 'Client id', required: true },
      certificate: {
        label: 'Certificate',
        placeholder: '-----BEGIN CERTIFICATE-----',
        widget: 'textarea',
        required: true,
      },
      private_key: {
        label: 'Private key',
        placeholder: '-----BEGIN PRIVATE KEY-----',
        widget: 'textarea',
        required: true,
      },
      private_key_passphrase: { label: 'Passphrase' },
      authority_host: { label: 'Authority', placeholder: 'https://login.microsoftonline.com', group: 'Other clouds' },
    },
  },
  'azure.managed_identity': {
    type: 'azure',
    label: 'Managed identity',
    summary: 'The identity Azure gives to the machine Jackfield runs on; nothing is stored.',
    meta: z.strictObject({ client_id: plain(128).optional() }),
    secret: z.strictObject({}),
    ui: {
      client_id: { label: 'Client id', help: 'Only for a user-assigned identity.' },
    },
  },
  'gcp.service_account': {
    type: 'gcp',
    label: 'Service-account key',
    summary: 'The JSON file of a service account. Prefer workload federation where you can.',
    meta: z.strictObject({ project_id: plain(128).optional(), client_email: plain(256).optional() }),
    secret: z.strictObject({ service_account_json: secretText.optional() }),
    ui: {
      service_account_json: {
        label: 'Key file',
        help: 'Paste the whole JSON. The project and the account are read from it.',
        placeholder: '{ "type": "service_account", … }',
        widget: 'textarea',
        required: true,
      },
      project_id: { label: 'Project', placeholder: 'e.g. analytics-prod' },
      client_email: { label: 'Service account', advanced: true },
    },
  },
  'gcp.workload_federation': {
    type: 'gcp',
    label: 'Workload identity federation',
    summary: 'A token of another identity provider, exchanged for a short-lived one of Google’s.',
    meta: z.strictObject({
      audience: name('Enter the audience of the provider.', 512),
      service_account_email: plain(256).optional(),
      project_id: plain(128).optional(),
    }),
    secret: z.strictObject({ configuration_json: secretText.optional() }),
    ui: {
      audience: { label: 'Audience', placeholder: '//iam.googleapis.com/projects/…', required: true },
      configuration_json: {
        label: 'Credential configuration',
        help: 'The JSON that Google Cloud made for this provider.',
        placeholder: '{ "type": "external_account", … }',
        widget: 'textarea',
        required: true,
      },
      service_account_email: { label: 'Service account to impersonate' },
      project_id: { label: 'Project', placeholder: 'e.g. analytics-prod' },
    },
  },
  'api_key.key': {
    type: 'api_key',
    label: 'One key',
    summary: 'A single key or token that goes into a header or a query parameter.',
    meta: z.strictObject({
      placement: z.enum(['header', 'query']).default('header'),
      name: headerName.default('Authorization'),
      prefix: plain(64).optional(),
      base_url: httpUrl.optional(),
    }),
    secret: z.strictObject({ api_key: secretText.optional() }),
    ui: {
      api_key: { label: 'Key', required: true },
      placement: { label: 'Sent in', widget: 'select', options: { header: 'A header', query: 'The query string' } },
      name: { label: 'Header or parameter', placeholder: 'e.g. Authorization' },
      prefix: { label: 'Put before the key', placeholder: 'e.g. Bearer' },
      base_url: {
        label: 'Base URL',
        placeholder: 'e.g. https://api.example.com',
        help: 'The key is sealed to this address: it is never sent anywhere else. Left empty, the first connection decides.',
      },
    },
  },
  'api_key.bearer': {
    type: 'api_key',
    label: 'Bearer token',
    summary: 'A token that goes into the Authorization header after the word Bearer, as most APIs want it.',
    meta: z.strictObject({ base_url: httpUrl.optional() }),
    secret: z.strictObject({ token: secretText.optional() }),
    ui: {
      token: { label: 'Token', help: 'Without the word Bearer; that is put before it.', required: true },
      base_url: {
        label: 'Base URL',
        placeholder: 'e.g. https://api.example.com',
        help: 'The token is sealed to this address: it is never sent anywhere else. Left empty, the first connection decides.',
      },
    },
  },
  'api_key.parts': {
    type: 'api_key',
    label: 'Several parts',
    summary: 'Keys that go together, such as an application key and a token, each in its own header or parameter.',
    meta: z.strictObject({ base_url: httpUrl.optional() }),
    secret: z.strictObject({
      headers: secretMap(headerName).optional(),
      query: secretMap(z.string().min(1).max(128)).optional(),
    }),
    ui: {
      headers: { label: 'Headers', widget: 'map', placeholder: 'e.g. X-Api-Key' },
      query: { label: 'Query parameters', widget: 'map', placeholder: 'e.g. app_id' },
      base_url: {
        label: 'Base URL',
        placeholder: 'e.g. https://api.example.com',
        help: 'The keys are sealed to this address: they are never sent anywhere else. Left empty, the first connection decides.',
      },
    },
  },
  'api_key.webhook': {
    type: 'api_key',
    label: 'Webhook signing secret',
    summary: 'The secret with which a sender signs what it delivers, or with which you sign what you send.',
    meta: z.strictObject({
      algorithm: z.enum(['sha256', 'sha512', 'sha1']).default('sha256'),
      header: headerName.optional(),
    }),
    secret: z.strictObject({ signing_secret: secretText.optional() }),
    ui: {
      signing_secret: { label: 'Signing secret', required: true },
      algorithm: {
        label: 'Algorithm',
        widget: 'select',
        options: { sha256: 'HMAC-SHA-256', sha512: 'HMAC-SHA-512', sha1: 'HMAC-SHA-1 (old)' },
      },
      header: { label: 'Signature header', placeholder: 'e.g. X-Signature' },
    },
  },
  'oauth.client': {
    type: 'oauth',
    label: 'OAuth client',
    summary: 'A client id and secret with the refresh material it was given after consent.',
    meta: z.strictObject({
      client_id: name('Enter the client id.', 512),
      token_url: httpUrl,
      client_auth: z.enum(['basic', 'post']).default('basic'),
      audience: plain(512).optional(),
      authorization_url: httpUrl.optional(),
      scopes: z.array(plain(256)).max(50, 'Use at most 50 scopes.').optional(),
      token_ca: pem.optional(),
    }),
    secret: z.strictObject({
      client_secret: secretText.optional(),
      refresh_token: secretText.optional(),
      access_token: secretText.optional(),
    }),
    ui: {
      client_id: { label: 'Client id', required: true },
      client_secret: { label: 'Client secret' },
      token_url: {
        label: 'Token URL',
        placeholder: 'https://…/oauth/token',
        help: 'The client secret is sealed to this address and sent nowhere else; the API gets only the token that comes back.',
        required: true,
      },
      scopes: { label: 'Scopes', widget: 'list', placeholder: 'e.g. read' },
      audience: { label: 'Audience', help: 'Only if the provider asks which API the token is for.' },
      client_auth: {
        label: 'Client secret sent',
        widget: 'select',
        options: { basic: 'In the Authorization header', post: 'In the body' },
      },
      authorization_url: { label: 'Authorization URL', placeholder: 'https://…/oauth/authorize' },
      token_ca: {
        label: 'CA certificate of the token URL',
        help: 'Only where your own authority signed its certificate.',
        placeholder: '-----BEGIN CERTIFICATE-----',
        widget: 'textarea',
      },
      refresh_token: { label: 'Refresh token', help: 'What the provider gave after somebody consented.' },
      access_token: { label: 'Access token', advanced: true },
    },
  },
  'password.basic': {
    type: 'password',
    label: 'Username and password',
    summary: 'For what is not a database: SFTP, HTTP basic authentication, LDAP.',
    meta: z.strictObject({
      username: plain(256).optional(),
      host: plain(255).optional(),
      port: port.optional(),
    }),
    secret: z.strictObject({ password: secretText.optional(), ...sshTunnelSecrets }),
    ui: {
      username: { label: 'Username', placeholder: 'e.g. svc_transfer' },
      password: { label: 'Password', required: true },
      host: {
        label: 'Host',
        placeholder: 'e.g. ftp.example.com',
        help: 'The secret is sealed to this host: it is never sent anywhere else. Left empty, the first connection decides.',
        group: 'Where it belongs',
      },
      port: { label: 'Port', placeholder: 'e.g. 21', widget: 'number', group: 'Where it belongs' },
      ...sshTunnelUi,
    },
  },
  'password.ssh_key': {
    type: 'password',
    label: 'Username and SSH key',
    summary: 'A login that is proven with a private key, for SFTP.',
    meta: z.strictObject({
      username: name('Enter the username.'),
      host: plain(255).optional(),
      port: port.optional(),
    }),
    secret: z.strictObject({
      private_key: secretText.optional(),
      passphrase: secretText.optional(),
      ...sshTunnelSecrets,
    }),
    ui: {
      username: { label: 'Username', placeholder: 'e.g. svc_transfer', required: true },
      private_key: {
        label: 'Private key',
        help: 'The whole file, with its BEGIN and END lines. Only a signature ever leaves this machine.',
        placeholder: '-----BEGIN OPENSSH PRIVATE KEY-----',
        widget: 'textarea',
        required: true,
      },
      passphrase: { label: 'Passphrase of the key', help: 'Only if the key has one.' },
      host: {
        label: 'Host',
        placeholder: 'e.g. sftp.example.com',
        help: 'The secret is sealed to this host: it is never sent anywhere else. Left empty, the first connection decides.',
        group: 'Where it belongs',
      },
      port: { label: 'Port', placeholder: 'e.g. 22', widget: 'number', group: 'Where it belongs' },
      ...sshTunnelUi,
    },
  },
  'password.ssh_tunnel': {
    type: 'password',
    label: 'Only for the SSH tunnel',
    summary: 'For services without a login that an SSH server stands in front of.',
    meta: z.strictObject({}),
    secret: z.strictObject(sshTunnelSecrets),
    ui: sshTunnelUi,
  },
} as const satisfies Record<string, Kind>

export type CredentialKind = keyof typeof credentialKinds

export const credentialKindNames = Object.keys(credentialKinds) as CredentialKind[]

export const isCredentialKind = (kind: string): kind is CredentialKind => Object.hasOwn(credentialKinds, kind)

/** What a driver receives: public and secret parts of one of the kinds it accepts. */
export type CredentialOf<K extends CredentialKind> = {
  [P in K]: { kind: P } & z.output<(typeof credentialKinds)[P]['meta']> &
    z.output<(typeof credentialKinds)[P]['secret']>
}[K]

export const secretFieldsOf = (kind: CredentialKind): string[] => Object.keys(credentialKinds[kind].secret.shape)
