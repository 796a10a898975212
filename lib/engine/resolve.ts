import { hashToken, sameBytes } from '#lib/auth/tokens'
import { firstContactOf } from '#lib/connectors/catalog'
import type { DialectName } from '#lib/connectors/contract'
import { dialects } from '#lib/connectors/dialects.gen'
import { AppError } from '#lib/core/errors'
import type { Tx } from '#lib/db/client'
import { type DispatchContext, prepareUse } from './dispatch.ts'
import type { ResolveAnswer, ResolveRequest, Ticket } from './protocol.ts'
import { readKeyHash } from './store.ts'
import type { Target } from './target.ts'

/**
 * Everything needed to log in, for whoever runs pipelines. The use is on record before the secret is opened, like every
 * other; and the engine asks for the API key itself, so that a web process that was taken over resolves nothing by itself.
 */
export const resolveConnection = async (
  { ticket: given, connection_id, format, key }: ResolveRequest,
  context: DispatchContext,
): Promise<ResolveAnswer> => {
  // Whatever the caller calls it: it is this, needs this and is recorded as this.
  const ticket: Ticket = { ...given, permission: 'connections:resolve', event: 'connection.resolved' }
  const use = { ticket, target: { connection_id }, capability: 'resolve' as const }
  const { target, credential } = await prepareUse(use, context, {
    check: async (tx, found) => {
      await requireKey(tx, ticket, key)
      requireResolvable(found, format)
    },
  })
  const fields = fieldsOf(target, credential?.merged)
  const { value, files, notes } = speak(target, credential?.merged, format)
  return {
    value: format === 'fields' ? null : value,
    fields,
    files,
    notes: [...notes, ...tunnelNotes(target)],
    expires_at: target.credential?.stored?.from.expires_at?.toISOString() ?? null,
  }
}

const requireKey = async (tx: Tx, { actor }: Ticket, key: string): Promise<void> => {
  const stored = actor.kind === 'api_key' ? await readKeyHash(tx, actor.workspace_id, actor.id) : undefined
  if (stored && sameBytes(stored, hashToken(key))) return
  throw new AppError('forbidden', 'Secrets are handed out to API keys only: send the key with the request.')
}

const requireResolvable = ({ manifest, destination }: Target, format: DialectName): void => {
  if (firstContactOf(destination) !== undefined) {
    const sentence = 'Nobody has accepted the key of the SSH server yet. Test the connection and accept it first.'
    throw new AppError('conflict', sentence)
  }
  const known = formatsOf(manifest.id)
  if (known.includes(format)) return
  const message = `${manifest.name} connections have no “${format}” form. Choose one of: ${known.join(', ')}.`
  throw new AppError('invalid_request', message, { errors: [{ pointer: '/format', message }] })
}

const formatsOf = (connector: string): DialectName[] => [
  'fields',
  ...(Object.keys(dialectsOf(connector)) as DialectName[]),
]

type AnyDialects = Partial<Record<DialectName, (of: Described) => Spoken>>
interface Described {
  conn_id: string
  config: Record<string, unknown>
  credential: Record<string, unknown> | undefined
}
interface Spoken {
  text: string
  files?: Record<string, string>
  notes?: string[]
}

const dialectsOf = (connector: string): AnyDialects => {
  const all: Readonly<Record<string, unknown>> = dialects
  // Each was typed where it was defined; here any of them gets its own connector's settings.
  return (Object.hasOwn(all, connector) ? all[connector] : {}) as AnyDialects
}

const speak = (
  { manifest, config, connection }: Target,
  credential: Record<string, unknown> | undefined,
  format: DialectName,
) => {
  const spoken = dialectsOf(manifest.id)[format]?.({ conn_id: connection?.connId ?? '', config, credential })
  return { value: spoken?.text ?? null, files: spoken?.files ?? {}, notes: spoken?.notes ?? [] }
}

/** Settings and login side by side; where both have a name, the settings say where the connection goes. */
const fieldsOf = ({ config }: Target, credential: Record<string, unknown> = {}): Record<string, unknown> => {
  const { kind, ...login } = credential
  return { ...login, ...config, ...(kind !== undefined && { credential_kind: kind }) }
}

const tunnelNotes = ({ destination: { tunnel } }: Target): string[] =>
  tunnel
    ? [
        `The server is reached through ${tunnel.user}@${tunnel.host}:${tunnel.port} (${tunnel.host_key}); open that tunnel first. Host and port are as seen from there.`,
      ]
    : []
