import type { Duplex } from 'node:stream'
import * as z from 'zod'
import type { Destination } from '#lib/credentials/destination'
import type { CredentialKind, CredentialOf } from '#lib/credentials/kinds'

export type ConnectionRole = 'source' | 'destination'
export const connectorCategories = {
  database: 'Databases',
  warehouse: 'Data warehouses',
  storage: 'Cloud storage',
  streaming: 'Streaming',
  api: 'APIs & webhooks',
  saas: 'SaaS',
  ai: 'AI providers',
  other: 'Other',
} as const
export type ConnectorCategory = keyof typeof connectorCategories

/** How a form, the docs and the API description present one setting. Everything else is in the schema itself. */
export interface FieldUi {
  label: string
  /** Shown beside the field that has focus: what it is and where to find it. */
  help?: string
  /** An example; it must never look like a value. */
  placeholder?: string
  widget?: 'text' | 'textarea' | 'number' | 'switch' | 'select' | 'list' | 'map'
  /** Heading the field stands under. */
  group?: string
  /** Columns of the form grid it takes, of 12. */
  span?: number
  /** What each option of a select means, in one line. */
  options?: Record<string, { label: string; help?: string; warning?: boolean }>
  /** Shown only while another setting has one of these values; beside it in the same group where it stands in one. */
  when?: { field: string; in: readonly string[] }
}

export const fieldUi = z.registry<FieldUi>()

/**
 * Attaches form metadata to a copy of a schema, which may be one that other fields use as well; call it last, zod drops
 * metadata under a later `.optional()` or `.default()`.
 */
export const field = <S extends z.ZodType>(schema: S, ui: FieldUi): S => {
  const own = schema.clone()
  fieldUi.add(own, ui)
  return own
}

/** A well-known provider of the same protocol: a catalog entry that opens the form with these values. */
export interface Preset {
  id: string
  name: string
  /** Settings filled in, those of a group by their path (`pagination/mode`); the person can still change them. */
  config: Record<string, string | number | boolean | Record<string, string>>
  /** The kind of login it takes, and public fields of that one. */
  credential?: { kind: CredentialKind; config?: Record<string, string> }
  placeholders?: Record<string, string>
  help?: string
  keywords?: readonly string[]
}

/** Where the fields of the flat, Airflow-like body go: each names a setting, `login`/`password` a credential field. */
export interface FlatMapping {
  host?: string
  port?: string
  schema?: string
  login?: { kind: CredentialKind; field: string }
  password?: { kind: CredentialKind; field: string }
}

/** How SQL is written for it, in statements that people copy. */
export interface SqlWriting {
  /** The mark around names. */
  quote: '"' | '`'
  /** The setting that names the schema meant where none is given. */
  schema?: string
  /** How statements are read: quotes, comments, placeholders. Like PostgreSQL unless said. */
  dialect?: SqlDialect
}

export type SqlDialect = 'postgres' | 'mysql' | 'sqlite'

export interface Manifest<Config extends z.ZodObject = z.ZodObject, Kinds extends CredentialKind = CredentialKind> {
  id: string
  name: string
  summary: string
  category: ConnectorCategory
  roles: readonly [ConnectionRole, ...ConnectionRole[]]
  status: 'available' | 'preview'
  /** Other words people search the catalog with. */
  keywords: readonly string[]
  /** Settings that are safe to show; never a secret. */
  config: Config
  /** Kinds that fit; none where there is nothing to log in to. */
  credentials: readonly Kinds[]
  /** It also works without a credential. */
  loginOptional?: true
  capabilities: readonly Capability[]
  presets: readonly Preset[]
  flat: FlatMapping
  /** Standard SQL unless said. */
  sql?: SqlWriting
  /** Pipeline nodes that may reference it, e.g. `source_db`. */
  nodes: readonly string[]
  /** How the connector was proven (TEST-SERVERS): against a real server, or against what else. */
  verifiedAgainst: string
  /** One line for the connections list, e.g. `db.example.com:5432/app`. */
  summarize(config: z.output<Config>): string
  destination(config: z.output<Config>): Destination
  /**
   * It reads a file of this machine instead of the network (CONN-7). Every job then gets a runner of its own, which has
   * this engine, this one file and no network.
   */
  localFile?: { engine: FileEngine; path(config: z.output<Config>): string }
  /** A pasted connection string turned into form values, or undefined if this connector does not know it. Runs in the browser. */
  parseUrl?(text: string): ParsedUrl | undefined
}

export interface ParsedUrl {
  /** By the names of the form: a member of a group by its path, `ssh_tunnel/host`. */
  config: Record<string, ReadValue>
  /** Which of the accepted kinds the text holds; the first one unless said. */
  kind?: CredentialKind
  credential: Record<string, string | Readonly<Record<string, string>>>
  /** Sentences about what was mapped or left out. */
  notes: string[]
  /** It fits many texts, such as any web address; a connector that knows this one is asked first. */
  isGeneric?: true
}

/** What was read for one field: a text, a list, or texts by name. */
export type ReadValue = string | number | boolean | readonly string[] | Readonly<Record<string, string>>

/** What opens files past Node's permissions, and is therefore there only in a runner of its own. */
export const fileEngines = ['sqlite'] as const
export type FileEngine = (typeof fileEngines)[number]

/* ---------------------------------------------------------------- drivers */

export const capabilities = ['test', 'discover', 'query', 'replicate', 'files', 'pages'] as const
export type Capability = (typeof capabilities)[number]

/** What a driver may do; it has exactly the methods its manifest declares. */
export interface Capabilities<Config extends z.ZodObject, Kinds extends CredentialKind> {
  /** Yields every stage twice: `running`, then its outcome. Never throws for what the target does. */
  test(target: Target<Config, Kinds>): AsyncGenerator<TestStage, TestOutcome>
  /** Yields NDJSON lines (bytes, each `Discovered` as JSON) so that nothing large becomes JavaScript objects on the way. */
  discover(target: Target<Config, Kinds>, request: DiscoverRequest): AsyncGenerator<Uint8Array, void>
  /**
   * Runs one statement. Yields NDJSON lines (bytes): one `ResultHead` or `PlanLine`, an array for each row, and one
   * `ResultLast`, which is also where the server's own refusal of the statement stands. Throws for everything else.
   */
  query(target: Target<Config, Kinds>, request: QueryRequest): AsyncGenerator<Uint8Array, void>
  /** Change data capture: looks whether it can work, sets it up step by step, shows it, as NDJSON lines, each a `ReplicateLine`. */
  replicate(target: Target<Config, Kinds>, request: ReplicateRequest): AsyncGenerator<Uint8Array, void>
  /** Lists a folder or shows the beginning of a file, as NDJSON lines, each a `FileLine`. */
  files(target: Target<Config, Kinds>, request: FilesRequest): AsyncGenerator<Uint8Array, void>
  /** Asks for the first pages of a list, as NDJSON lines, each a `PageLine`; what stops it is in the last one. */
  pages(target: Target<Config, Kinds>, request: PagesRequest): AsyncGenerator<Uint8Array, void>
}

/** Everything a driver gets. It opens sockets only through `net`, and reads no file and no environment. */
export interface Target<Config extends z.ZodObject, Kinds extends CredentialKind> {
  config: z.output<Config>
  /** Undefined where the connection has no credential; a driver then says so instead of guessing (CONN-1). */
  credential: CredentialOf<Kinds> | undefined
  net: Net
  /** The file that the settings name, as it was found; only where the manifest says that it reads one. */
  file?: LocalFile | NoLocalFile | undefined
  /** All that this process holds open, as `device:inode`: the proof that an engine opened the very file that was found. */
  openFiles?: (() => ReadonlySet<string>) | undefined
  /**
   * Aborts on cancel and on the deadline of the whole operation. Sockets end with it, those of a query most of a second
   * later, so that its driver can tell the server to stop.
   */
  signal: AbortSignal
  limits: Limits
}

/** A file that was found, opened and looked at where an operator allows it. */
export interface LocalFile {
  /** Absolute, without links. */
  path: string
  /** What tells it from every other file, whatever the path leads to later. */
  device: string
  inode: string
  size_bytes: number
  modified_at: string
  /** Its first bytes, as base64. */
  head: string
  /** Sizes of files of the same name with this ending, e.g. `-wal`. */
  beside: Record<string, number>
}

export const fileProblems = [
  'no_folder',
  'not_found',
  'outside',
  'own_file',
  'link',
  'hard_link',
  'not_a_file',
  'beside',
  'no_permission',
  'failed',
] as const

/** Why there is no file to read. */
export interface NoLocalFile {
  problem: (typeof fileProblems)[number]
  /** The folders files may be in. */
  folders: string[]
}

export interface Limits {
  connect_ms: number
  tls_ms: number
  auth_ms: number
  total_ms: number
  /** Bytes one socket may deliver before it is destroyed. */
  bytes: number
}

/**
 * Why a host could not be reached or a socket was taken away. `code` is the resolver's or the socket's own (`ENOTFOUND`,
 * `ECONNREFUSED` …), or `EPOLICY` refused by the egress policy, `EDEADLINE` the operation is out of time, `ECANCELED`
 * cancelled, `EBYTES` more bytes than allowed; behind an SSH tunnel also `EFORWARD`, its server does not forward there, and
 * `ETUNNEL`, the tunnel is gone.
 */
export class NetError extends Error {
  override readonly name = 'NetError'
  readonly code: string
  constructor(code: string, sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this.code = code
  }
}

/** The only way to the network: every address checked by the egress policy, every socket with deadline, byte cap and abort. */
export interface Net {
  /** The SSH server it leads through, which resolves and reaches every host itself; left out where there is none. */
  through?: string
  /** Resolves a name once and drops addresses the policy refuses. */
  resolve(host: string): Promise<ResolvedAddress[]>
  /** Connects to the first address that answers; `attempt` hears of each try. */
  connect(
    addresses: readonly ResolvedAddress[],
    port: number,
    attempt?: (attempt: ConnectAttempt) => void,
  ): Promise<Duplex>
  /** `resolve` and `connect` in one. */
  dial(host: string, port: number): Promise<Duplex>
}

export interface ResolvedAddress {
  address: string
  family: 4 | 6
}
export interface ConnectAttempt {
  address: string
  duration_ms: number
  error?: string
}

/** The steps a test can have, in the words of the board and of the list while it runs. A connector uses those that it has. */
export const stages = {
  tunnel: { label: 'Reach the SSH server', doing: 'Reaching the SSH server' },
  host_key: { label: 'Check its key', doing: 'Checking its key' },
  tunnel_login: { label: 'Open the tunnel', doing: 'Opening the tunnel' },
  dns: { label: 'Find the server', doing: 'Finding the server' },
  tcp: { label: 'Reach the port', doing: 'Reaching the port' },
  tls: { label: 'Encrypt', doing: 'Encrypting' },
  banner: { label: 'Hear who answers', doing: 'Listening' },
  server_key: { label: 'Check the server’s key', doing: 'Checking the server’s key' },
  authenticate: { label: 'Log in', doing: 'Logging in' },
  role: { label: 'Assume the role', doing: 'Assuming the role' },
  open: { label: 'Open the file', doing: 'Opening the file' },
  database: { label: 'Open the database', doing: 'Opening the database' },
  schema: { label: 'Find the schema', doing: 'Finding the schema' },
  bucket: { label: 'Find the bucket', doing: 'Finding the bucket' },
  folder: { label: 'Open the folder', doing: 'Opening the folder' },
  request: { label: 'Send a request', doing: 'Sending a request' },
  grants: { label: 'Check rights', doing: 'Checking rights' },
} as const
export type StageName = keyof typeof stages
export const stageNames = Object.keys(stages) as [StageName, ...StageName[]]

export const testStage = z.object({
  name: z.enum(stageNames),
  status: z.enum(['running', 'passed', 'warning', 'failed', 'skipped']),
  duration_ms: z.number().optional(),
  /** One plain sentence, e.g. "TLS 1.3, certificate valid for 61 days". */
  sentence: z.string().optional(),
  /** Facts behind it: addresses, versions, names, dates. Never a secret. */
  evidence: z.record(z.string(), z.json()).optional(),
})
export type TestStage = z.output<typeof testStage>

export const testFix = z.object({ kind: z.enum(['sql', 'shell', 'setting', 'text']), text: z.string() })

export type TestFix = z.output<typeof testFix>

export const testCause = z.object({
  /** Stable, from the connector's table, e.g. `auth.password_rejected`. */
  code: z.string(),
  stage: z.enum(stageNames),
  /** JSON pointer of the form field to look at, e.g. `/config/host` or `/credential/password`. */
  field: z.string().nullable(),
  sentence: z.string(),
  fix: testFix.nullable(),
})
export type TestCause = z.output<typeof testCause>

export const testOutcome = z.object({
  success: z.boolean(),
  /** "Connected successfully (pg)" or the cause's sentence. */
  message: z.string(),
  driver: z.string(),
  server: z.record(z.string(), z.json()).nullable(),
  cause: testCause.nullable(),
  /** Time until the login was accepted, in milliseconds. */
  latency_ms: z.number().nullable(),
})
export type TestOutcome = z.output<typeof testOutcome>

/**
 * What to list. `schemas`: every schema with counts. `relations`: names and kinds (and all else with `detail`), sorted by schema and name.
 * `everything`: schemas, relations in full, routines, enums and extensions; before or after them the fingerprint where the connector
 * has one, of the same moment as they.
 */
export const discoverRequest = z.strictObject({
  what: z.enum(['schemas', 'relations', 'everything']),
  schema: z.string().max(256).optional(),
  /** Exactly one relation. */
  name: z.string().max(256).optional(),
  /** Case-insensitive part of a relation's name or comment. */
  q: z.string().max(256).optional(),
  /** Keyset: everything after this schema and name. */
  after: z.tuple([z.string(), z.string()]).optional(),
  limit: z.int().min(1).max(100_000).optional(),
  /** `names`: kind, row estimate, comment. `columns`: also columns. `full`: also keys, indexes, sizes. */
  detail: z.enum(['names', 'columns', 'full']).default('names'),
  /** With `everything`: where the catalog still has this fingerprint, nothing but the fingerprint is yielded. */
  unless: z.string().max(1024).optional(),
  /** With `everything`: where the base of the stamps is still this one, relations come as stamps only. */
  stamps: z.string().max(1024).optional(),
  /** With `everything`: these relations, by schema and name, and nothing else. */
  only: z
    .array(z.tuple([z.string(), z.string()]))
    .max(2_000)
    .optional(),
})
export type DiscoverRequest = z.output<typeof discoverRequest>

export const relationKinds = [
  'table',
  'view',
  'materialized_view',
  'foreign_table',
  'partitioned_table',
  'partition',
  'virtual_table',
] as const

export const discoveredSchema = z.object({
  type: z.literal('schema'),
  name: z.string(),
  comment: z.string().nullable(),
  owner: z.string().nullable(),
  relations: z.int(),
  /** The login may look inside. */
  usable: z.boolean(),
  /** Of what is kept: why it could not be read the last time. What is known of it is from before. */
  problem: z.string().optional(),
})

export const discoveredColumn = z.object({
  name: z.string(),
  type: z.string(),
  nullable: z.boolean(),
  default: z.string().nullable().optional(),
  comment: z.string().nullable().optional(),
  /** 1-based place in the primary key. */
  primary_key: z.int().nullable().optional(),
  generated: z.enum(['identity', 'stored', 'virtual']).nullable().optional(),
})

export const discoveredRelation = z.object({
  type: z.literal('relation'),
  schema: z.string(),
  name: z.string(),
  kind: z.enum(relationKinds),
  comment: z.string().nullable(),
  /** The planner's estimate; null when the server has never counted. */
  row_estimate: z.number().nullable(),
  size_bytes: z.number().nullable().optional(),
  /** The table it is a part of. */
  partition_of: z.object({ schema: z.string(), name: z.string() }).nullable().optional(),
  columns: z.array(discoveredColumn).optional(),
  foreign_keys: z
    .array(
      z.object({
        name: z.string(),
        columns: z.array(z.string()),
        references: z.object({ schema: z.string(), name: z.string(), columns: z.array(z.string()) }),
        /** What stands behind all this in a statement, such as `ON DELETE CASCADE`. */
        rules: z.string().optional(),
      }),
    )
    .optional(),
  referenced_by: z
    .array(
      z.object({
        name: z.string(),
        columns: z.array(z.string()),
        from: z.object({ schema: z.string(), name: z.string(), columns: z.array(z.string()) }),
      }),
    )
    .optional(),
  /** Where many tables refer to it: how many of them are not named in `referenced_by`. */
  referenced_by_more: z.int().min(0).optional(),
  constraints: z
    .array(
      z.object({
        name: z.string(),
        kind: z.enum(['primary_key', 'unique', 'check', 'exclusion']),
        definition: z.string(),
        columns: z.array(z.string()),
      }),
    )
    .optional(),
  indexes: z
    .array(
      z.object({
        name: z.string(),
        columns: z.array(z.string()),
        unique: z.boolean(),
        primary: z.boolean(),
        method: z.string(),
        definition: z.string(),
        size_bytes: z.number().nullable(),
      }),
    )
    .optional(),
  /** The statement that made it, where the system keeps it as text. */
  view_definition: z.string().nullable().optional(),
})

/** Differs once anything of the structure does; sizes and row counts are no part of it. */
export const discoveredFingerprint = z.object({
  type: z.literal('fingerprint'),
  value: z.string(),
  /** Where relations have stamps: what these depend on besides. Only while it is the same do they say anything. */
  base: z.string().optional(),
})

/**
 * Instead of a relation: its stamp differs once anything of its structure does. In a relation read with everything it
 * stands as `stamp` behind its size.
 */
export const discoveredStamp = z.object({
  type: z.literal('stamp'),
  schema: z.string(),
  name: z.string(),
  row_estimate: z.number().nullable(),
  size_bytes: z.number().nullable(),
  stamp: z.string(),
})

export const discoveredRoutine = z.object({
  type: z.literal('routine'),
  schema: z.string(),
  name: z.string(),
  kind: z.enum(['function', 'procedure', 'aggregate', 'window']),
  /** As they tell routines of one name apart. */
  arguments: z.string(),
  returns: z.string().nullable(),
  language: z.string().nullable(),
  comment: z.string().nullable(),
  /** Its body, where the system keeps it as text. */
  definition: z.string().nullable(),
})

export const discoveredEnum = z.object({
  type: z.literal('enum'),
  schema: z.string(),
  name: z.string(),
  comment: z.string().nullable(),
  labels: z.array(z.string()),
})

export const discoveredExtension = z.object({
  type: z.literal('extension'),
  schema: z.string(),
  name: z.string(),
  comment: z.string().nullable(),
  version: z.string(),
})

/** What lines of a discovery are: compact JSON, `type`, `schema` and `name` first. */
export const discovered = z.discriminatedUnion('type', [
  discoveredSchema,
  discoveredRelation,
  discoveredFingerprint,
  discoveredStamp,
  discoveredRoutine,
  discoveredEnum,
  discoveredExtension,
])
export type Discovered = z.output<typeof discovered>
export type DiscoveredRoutine = z.output<typeof discoveredRoutine>
export type DiscoveredEnum = z.output<typeof discoveredEnum>
export type DiscoveredExtension = z.output<typeof discoveredExtension>
export type DiscoveredSchema = z.output<typeof discoveredSchema>
export type DiscoveredRelation = z.output<typeof discoveredRelation>

/** How much of a result is taken (SQL-5); what is more is left out and said. */
export const queryLimits = z.strictObject({
  rows: z.int().min(1).max(1_000_000_000),
  bytes: z.int().min(1_024),
  /** A longer value is cut and marked, see `CutCell`. */
  cell_bytes: z.int().min(16),
  columns: z.int().min(1).max(10_000),
  /**
   * From the first packet to the last row, login included; the server is told as well where it can be. The driver keeps it
   * (`upstream_timeout`) and stops the server's work before it ends.
   */
  timeout_ms: z.int().min(10),
})
export type QueryLimits = z.output<typeof queryLimits>

/** One statement to run, or to be explained. */
export const queryRequest = z.strictObject({
  sql: z.string().min(1).max(1_000_000),
  /** Values of its parameters in their order, as text that the server converts; null is NULL. */
  parameters: z.array(z.string().max(1_000_000).nullable()).max(1_000).default([]),
  /** `read`: nothing is written, whatever the statement says (SQL-1). */
  mode: z.enum(['read', 'write']).default('read'),
  /** The plan instead of the rows; `analyzed` runs it, in `read` mode only. */
  explain: z.enum(['estimated', 'analyzed']).optional(),
  /** Refused before it runs where the planner expects a higher cost, in the planner's own unit. */
  max_cost: z.number().positive().optional(),
  limits: queryLimits,
})
export type QueryRequest = z.output<typeof queryRequest>

/** What a column holds, whatever the server calls it: decides alignment, sorting and the cell's viewer. */
export const resultKinds = [
  'boolean',
  'integer',
  'float',
  'decimal',
  'text',
  'date',
  'time',
  'timestamp',
  'interval',
  'json',
  'binary',
  'array',
  'uuid',
  'geometry',
  'other',
] as const

/**
 * First line of a result. A row is an array with a value for each column: null, a boolean, a finite JSON number where it
 * fits into a double exactly (so int8, numeric, NaN and Infinity are strings), otherwise the server's own text as a
 * string (`\\x00ff` for bytes, JSON as its text), or a `CutCell`.
 */
export const resultHead = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string(), kind: z.enum(resultKinds) })),
  /** Columns beyond the limit, which are left out. */
  columns_left_out: z.int(),
})
export type ResultHead = z.output<typeof resultHead>

/** The beginning of a value that is too long, and how long it is in bytes. The only object a row may hold. */
export const cutCell = z.object({ cut: z.string(), bytes: z.int() })
export type CutCell = z.output<typeof cutCell>

/** A step of a plan in terms that all planners share. */
export interface PlanNode {
  /** `Seq Scan`, `Hash Join`, as the planner calls it. */
  operation: string
  /** What it works on: a table, an index. */
  object: string | null
  /** Of this step with everything below it, in the planner's unit. */
  cost: number | null
  rows_estimated: number | null
  rows_actual: number | null
  /** Of this step with everything below it, over all loops. */
  duration_ms: number | null
  loops: number | null
  /** Conditions, keys, buffers: what a person wants to read, by its name. */
  details: Record<string, string>
  children: PlanNode[]
}

export const planNode: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    operation: z.string(),
    object: z.string().nullable(),
    cost: z.number().nullable(),
    rows_estimated: z.number().nullable(),
    rows_actual: z.number().nullable(),
    duration_ms: z.number().nullable(),
    loops: z.number().nullable(),
    details: z.record(z.string(), z.string()),
    children: z.array(planNode),
  }),
)

/** The only line of an explained statement before the last one; `text` is the plan as the server writes it. */
export const planLine = z.object({ plan: planNode, text: z.string() })
export type PlanLine = z.output<typeof planLine>

/** What the server said about the statement. */
export const sqlProblem = z.object({
  /** Its own sentence, cut to 2,000 characters. */
  message: z.string(),
  /** SQLSTATE, or the server's own code. */
  code: z.string().nullable(),
  /** Where in the statement, in UTF-16 code units from 0. */
  position: z.int().nullable(),
  detail: z.string().nullable(),
  hint: z.string().nullable(),
})
export type SqlProblem = z.output<typeof sqlProblem>

export const resultLast = z.union([
  z.object({
    done: z.object({
      rows: z.int(),
      /** Why there are fewer rows than the server has. */
      truncated: z.enum(['rows', 'bytes']).nullable(),
      cells_cut: z.int(),
      /** Rows changed, where the statement changes some. */
      affected: z.number().nullable(),
      /** The statement's class in the server's words, such as `SELECT`; null where it says none. */
      command: z.string().nullable(),
      duration_ms: z.number(),
      /** Warnings of the server, up to 100. */
      notices: z.array(z.string()),
    }),
  }),
  z.object({ failed: sqlProblem }),
])
export type ResultLast = z.output<typeof resultLast>

const relationName = z.strictObject({ schema: z.string().min(1).max(256), name: z.string().min(1).max(256) })
export type RelationName = z.output<typeof relationName>

/** A name the server takes for a replication slot. */
export const slotName = z
  .string()
  .regex(/^[a-z0-9_]{1,63}$/, 'Use up to 63 lower-case letters, digits and underscores.')

/** What is to be captured, and under which names at the server. */
export const replicationPlan = z.strictObject({
  publication: z
    .string()
    .min(1)
    .max(63)
    .regex(/^[^\0]+$/),
  slot: slotName,
  tables: z.array(relationName).min(1).max(1_000),
  /** A table that is written to now and then, so that the slot moves on while the others rest. */
  heartbeat: relationName.nullable().default(null),
})
export type ReplicationPlan = z.output<typeof replicationPlan>

/** Changes as they happen, by a slot that ends with the preview; nothing is taken from anybody. */
export const replicatePreviewRequest = z.strictObject({
  what: z.literal('preview'),
  plan: replicationPlan,
  seconds: z.int().min(1).max(300).default(60),
  changes: z.int().min(1).max(1_000).default(200),
})

export const replicateRequest = z.discriminatedUnion('what', [
  /** Everything that has to hold, at once, and the steps that lead there. */
  z.strictObject({ what: z.literal('check'), plan: replicationPlan }),
  /** One step, or its way back; `touched` is what the step said it had touched. */
  z.strictObject({
    what: z.literal('step'),
    plan: replicationPlan,
    step: z.string().max(64),
    direction: z.enum(['do', 'undo']),
    touched: z.array(relationName).max(1_000).default([]),
  }),
  replicatePreviewRequest,
  z.strictObject({ what: z.literal('status'), slots: z.array(slotName).min(1).max(50) }),
])
export type ReplicateRequest = z.output<typeof replicateRequest>

const checkStatus = z.enum(['passed', 'warning', 'failed'])

/** A value of a change as the server writes it; null is NULL, `{ kept: true }` a long value that did not change and was not sent. */
const changedValues = z.array(
  z.object({
    name: z.string(),
    value: z.union([z.string(), z.null(), z.object({ kept: z.literal(true) }), cutCell]),
    key: z.boolean(),
  }),
)

/** What a check of change data capture found. */
export const replicateCheck = z.object({
  id: z.string(),
  label: z.string(),
  status: checkStatus,
  sentence: z.string(),
  fix: testFix.nullable(),
})

/** A table to be captured, and whether its changes can be told apart. */
export const replicateTable = z.object({
  ...relationName.shape,
  status: checkStatus,
  sentence: z.string(),
  /** What tells rows apart in its changes: `primary key`, `index orders_uq`, `whole row`, `nothing`. */
  identity: z.string(),
  fix: testFix.nullable(),
})

/** A statement of the plan, and the one that takes it back. */
export const replicateStep = z.object({
  id: z.string(),
  title: z.string(),
  sql: z.string(),
  undo_sql: z.string(),
  /** It has nothing left to do. */
  done: z.boolean(),
})

/** One row that changed, or a table that was emptied. */
export const replicateChange = z.object({
  type: z.literal('change'),
  kind: z.enum(['insert', 'update', 'delete', 'truncate']),
  ...relationName.shape,
  lsn: z.string().nullable(),
  committed_at: z.string().nullable(),
  before: changedValues.nullable(),
  after: changedValues.nullable(),
})

/** Nothing happened; the preview still listens. */
export const replicateWaiting = z.object({ type: z.literal('waiting'), changes: z.int() })

/** How a slot stands at its server. */
export const replicateSlot = z.object({
  name: slotName,
  exists: z.boolean(),
  active: z.boolean(),
  plugin: z.string().nullable(),
  /** How far the reader is behind what was written, in bytes. */
  lag_bytes: z.number().nullable(),
  /** What the server keeps on disk because of it, in bytes. */
  retained_bytes: z.number().nullable(),
  /** How much more may be written before the slot is lost, in bytes; null where there is no limit. */
  safe_bytes: z.number().nullable(),
  wal_status: z.string().nullable(),
})

export const replicateLine = z.discriminatedUnion('type', [
  replicateCheck.extend({ type: z.literal('check') }),
  replicateTable.extend({ type: z.literal('table') }),
  replicateStep.extend({ type: z.literal('step') }),
  /** How a step ended, and what its way back needs to know. */
  z.object({ type: z.literal('done'), step: z.string(), sql: z.string(), touched: z.array(relationName) }),
  replicateChange,
  replicateWaiting,
  replicateSlot.extend({ type: z.literal('slot') }),
  z.object({ type: z.literal('end'), sentence: z.string() }),
])
export type ReplicateLine = z.output<typeof replicateLine>

/** As what a file is read. */
export const fileFormats = ['csv', 'json', 'ndjson', 'parquet', 'text'] as const

/** What to show of a store of files. Paths use `/` and have none at the start; `''` is where the connection begins. */
export const filesRequest = z.discriminatedUnion('what', [
  z.strictObject({
    what: z.literal('list'),
    path: z.string().max(4096).default(''),
    /** Goes on where a page before ended: the `after` of its last line. */
    after: z.string().max(4096).optional(),
    limit: z.int().min(1).max(10_000).default(1_000),
  }),
  z.strictObject({
    what: z.literal('preview'),
    path: z.string().min(1).max(4096),
    /** Taken from the name unless given. */
    format: z.enum(fileFormats).optional(),
    rows: z.int().min(1).max(1_000).default(100),
  }),
])
export type FilesRequest = z.output<typeof filesRequest>

/** One member of a folder. */
export const fileEntry = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(['folder', 'file', 'link', 'other']),
  size_bytes: z.number().nullable(),
  modified_at: z.iso.datetime().nullable(),
  /** What is behind a link; null where that cannot be opened from here. */
  leads_to: z.enum(['folder', 'file']).nullable().optional(),
})

/** A page of a folder is `entry` lines and one `page` line; a preview is a `preview` line, `row` or `text` lines, and one `end` line. */
export const fileLine = z.discriminatedUnion('type', [
  fileEntry.extend({ type: z.literal('entry') }),
  z.object({ type: z.literal('page'), after: z.string().nullable() }),
  z.object({
    type: z.literal('preview'),
    path: z.string(),
    format: z.enum([...fileFormats, 'binary']),
    size_bytes: z.number().nullable(),
    /** Empty for text. */
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
    /** What was found out on the way, e.g. the separator of a CSV file or the compression. */
    notes: z.array(z.string()),
  }),
  z.object({ type: z.literal('row'), values: z.array(z.json()) }),
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('end'), truncated: z.boolean() }),
])
export type FileLine = z.output<typeof fileLine>

/** Which list to look at, and how much of it. */
export const pagesRequest = z.strictObject({
  /** Behind the base URL, with parameters if need be. */
  path: z.string().max(2048).default(''),
  pages: z.int().min(1).max(5).default(3),
  /** Items shown of each page. */
  items: z.int().min(1).max(20).default(5),
})
export type PagesRequest = z.output<typeof pagesRequest>

/** `page` lines as they come, `wait` lines between them where something asks for it, and one `end` line. */
export const pageLine = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('page'),
    number: z.int(),
    /** As it was asked, the values of secret parameters masked. */
    url: z.string(),
    status: z.int(),
    duration_ms: z.number(),
    size_bytes: z.int(),
    /** How many there are; null where no list was found. */
    items: z.int().nullable(),
    /** The first ones, cut to what fits on a screen. */
    sample: z.array(z.json()),
    /** Page number, offset, cursor or address by which the next page was found. */
    next: z.string().nullable(),
    warnings: z.array(z.string()),
  }),
  z.object({ type: z.literal('wait'), seconds: z.number(), sentence: z.string() }),
  z.object({
    type: z.literal('end'),
    pages: z.int(),
    items: z.int(),
    /** Why it stopped there. */
    sentence: z.string(),
    cause: testCause.nullable(),
  }),
])
export type PageLine = z.output<typeof pageLine>

/* ---------------------------------------------------------------- dialects */

/** The forms in which a connection can be handed to another program. `fields` are its settings and login as they are. */
export const dialectNames = [
  'uri',
  'fields',
  'jdbc',
  'sqlalchemy',
  'libpq',
  'odbc',
  'airflow',
  'dbt',
  'prisma',
  'env',
] as const
export type DialectName = (typeof dialectNames)[number]

/** What a dialect is made of: a saved connection with its opened login. */
export interface Described<Config extends z.ZodObject, Kinds extends CredentialKind> {
  conn_id: string
  config: z.output<Config>
  credential: CredentialOf<Kinds> | undefined
}

export interface Spoken {
  text: string
  /** Contents of files that the text names, such as certificates. */
  files?: Record<string, string>
  /** What the text cannot say, in sentences. */
  notes?: string[]
}

/* ------------------------------------------------------------- definitions */

/** Types a manifest: its functions see the parsed settings, its lists are checked against the tables above. */
export const defineConnector = <C extends z.ZodObject, const K extends CredentialKind, const M extends Manifest<C, K>>(
  manifest: M & { config: C; credentials: readonly K[] },
): M & { config: C; credentials: readonly K[] } => manifest

type AnyManifest = { config: z.ZodObject; credentials: readonly CredentialKind[]; capabilities: readonly Capability[] }

/** Exactly the methods the manifest names: a missing one and an undeclared one are both type errors. */
export type DriverFor<M extends AnyManifest> = Pick<
  Capabilities<M['config'], M['credentials'][number]>,
  'test' | M['capabilities'][number]
>

export const defineDriver = <M extends AnyManifest>(_manifest: M, driver: DriverFor<M>): DriverFor<M> => driver

/** `dialects.ts` of a connector: the forms it has beside `fields`. Pure text; the engine calls it with an opened login. */
export const defineDialects = <M extends AnyManifest>(
  _manifest: M,
  dialects: Partial<
    Record<Exclude<DialectName, 'fields'>, (of: Described<M['config'], M['credentials'][number]>) => Spoken>
  >,
) => dialects
