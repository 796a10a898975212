import path from 'node:path'
import * as z from 'zod'

const port = z.coerce.number().int().min(0).max(65_535)
const flag = z.enum(['true', 'false']).transform((text) => text === 'true')
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
)

const shape = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test']).default('production'),
  /** Where the embedded database, the keys and the sockets live. */
  JACKFIELD_HOME: z.string().min(1).default(path.join(process.cwd(), '.jackfield')),
  JACKFIELD_HOST: z.string().default('127.0.0.1'),
  JACKFIELD_PORT: port.default(3000),
  /** The address people type; links, cookies and the same-origin check use it. */
  JACKFIELD_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** An external PostgreSQL ≥ 14; unset, an embedded one is started. */
  DATABASE_URL: z.string().min(1).optional(),
  /** The same database as the role that owns its tables: migrates and backs up, so that the other one need not. */
  JACKFIELD_MIGRATIONS_DATABASE_URL: z.string().min(1).optional(),
  /** Instead of the key file: base64 of 32 bytes, several separated by commas, the first one seals. */
  JACKFIELD_ENCRYPTION_KEY: z.string().optional(),
  /** Where new keys are kept: the key file as they are, or wrapped by a key service. */
  JACKFIELD_KEY_SOURCE: z
    .string()
    .regex(
      /^(file$|aws-kms:|gcp-kms:|azure-key-vault:|vault-transit:)/,
      'Use file, or a service and its key: aws-kms:…',
    )
    .default('file'),
  /** Who the engine is to that service; only the engine gets these. */
  JACKFIELD_KEYS_AWS_ACCESS_KEY_ID: z.string().optional(),
  JACKFIELD_KEYS_AWS_SECRET_ACCESS_KEY: z.string().optional(),
  JACKFIELD_KEYS_AWS_SESSION_TOKEN: z.string().optional(),
  JACKFIELD_KEYS_AWS_ENDPOINT: z.string().optional(),
  JACKFIELD_KEYS_GCP_SERVICE_ACCOUNT_FILE: z.string().optional(),
  JACKFIELD_KEYS_GCP_ENDPOINT: z.string().optional(),
  JACKFIELD_KEYS_AZURE_TENANT_ID: z.string().optional(),
  JACKFIELD_KEYS_AZURE_CLIENT_ID: z.string().optional(),
  JACKFIELD_KEYS_AZURE_CLIENT_SECRET: z.string().optional(),
  JACKFIELD_KEYS_AZURE_AUTHORITY: z.string().optional(),
  JACKFIELD_KEYS_VAULT_TOKEN: z.string().optional(),
  JACKFIELD_KEYS_VAULT_ROLE_ID: z.string().optional(),
  JACKFIELD_KEYS_VAULT_SECRET_ID: z.string().optional(),
  JACKFIELD_KEYS_VAULT_NAMESPACE: z.string().optional(),
  JACKFIELD_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** Opens `GET /api/metrics` to whoever sends it; closed when unset. */
  JACKFIELD_METRICS_TOKEN: z.string().min(16, 'Use at least 16 characters.').optional(),
  /** Sign-in at an OpenID provider: its issuer and our client there, all three or none. */
  JACKFIELD_OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  JACKFIELD_OIDC_CLIENT_ID: z.string().max(512).optional(),
  JACKFIELD_OIDC_CLIENT_SECRET: z.string().max(4_096).optional(),
  /** On the button: “Sign in with …”. */
  JACKFIELD_OIDC_NAME: z.string().trim().min(1).max(40).default('single sign-on'),
  JACKFIELD_OIDC_SCOPES: z.string().default('openid email profile'),
  /** A ready sample database to click on, with the embedded PostgreSQL only. */
  JACKFIELD_SAMPLE: flag.default(true),
  JACKFIELD_RUNNERS_MAX: z.coerce.number().int().min(1).max(64).default(4),
  /** Folders whose files connections may read, e.g. SQLite databases, beside `files` in the home. */
  JACKFIELD_FILE_DIRS: list.default([]),
  JACKFIELD_EGRESS_ALLOW_LOOPBACK: flag.optional(),
  JACKFIELD_EGRESS_ALLOW_PRIVATE: flag.default(true),
  JACKFIELD_EGRESS_ALLOW: list.default([]),
  JACKFIELD_EGRESS_DENY: list.default([]),
  /** Set by the supervisor for its children; nobody else needs them. */
  JACKFIELD_ENGINE_SOCKET: z.string().optional(),
  JACKFIELD_ENGINE_TOKEN: z.string().optional(),
  JACKFIELD_SESSION_SECRET: z.string().optional(),
  /** Marks audit events as written by this installation; the chain's own key stays in the engine. */
  JACKFIELD_AUDIT_ORIGIN_KEY: z.string().optional(),
  JACKFIELD_OWN_ADDRESSES: list.default([]),
  JACKFIELD_EMBEDDED: flag.default(false),
})

const whole = shape.superRefine((given, context) => {
  const needed = ['JACKFIELD_OIDC_ISSUER', 'JACKFIELD_OIDC_CLIENT_ID', 'JACKFIELD_OIDC_CLIENT_SECRET'] as const
  const missing = needed.filter((name) => given[name] === undefined)
  const say = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message })
  if (missing.length < needed.length)
    for (const name of missing) say(name, 'Sign-in with OpenID Connect needs this too.')
  const issuer = given.JACKFIELD_OIDC_ISSUER
  if (issuer !== undefined && !isPrivateChannel(new URL(issuer)))
    say('JACKFIELD_OIDC_ISSUER', 'Use https; http is for a provider on this machine only.')
  if (!given.JACKFIELD_OIDC_SCOPES.split(' ').includes('openid'))
    say('JACKFIELD_OIDC_SCOPES', 'Separate scopes by spaces, with “openid” among them.')
})

const isPrivateChannel = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)

export type Env = z.output<typeof shape>

/** Parses an environment, or throws one sentence per variable that is wrong. Values are never printed: they may be secrets. */
export const parseEnv = (source: Record<string, string | undefined>): Env => {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''))
  const parsed = whole.safeParse(given)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`The environment is not valid:\n${lines.join('\n')}`)
}

let parsed: Env | undefined

/** The environment of this process, parsed once; the only reader of `process.env`. */
export const env = (): Env => {
  parsed ??= parseEnv(process.env)
  return parsed
}

/** Forgets what was parsed; only tests change the environment of a running process. */
export const resetEnv = (): void => {
  parsed = undefined
}
