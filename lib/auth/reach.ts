import { AppError, type FieldError } from '#lib/core/errors'
import type { Reach } from './actor.ts'
import type { Permission } from './permissions.ts'

/** What a stored key reaches; nothing to say where it reaches everything. */
export const reachOf = ({ connections, environments }: Reach): { reach?: Reach } =>
  connections.length + environments.length === 0 ? {} : { reach: { connections, environments } }

/**
 * A key that receives secrets says of which connections; and a key with a reach cannot do what would widen it, such as
 * giving a connection another environment or attaching somebody else's credential to one of its own.
 */
export const checkReach = (scopes: readonly Permission[], reach: Reach): void => {
  const isLimited = reachOf(reach).reach !== undefined
  const errors = isLimited ? scopes.flatMap(wideningError) : scopes.flatMap(unlimitedError)
  const [first] = errors
  if (first) throw new AppError('invalid_request', first.message, { errors })
}

const wideningError = (scope: Permission, i: number): FieldError[] =>
  withinReach.has(scope)
    ? []
    : [{ pointer: `/scopes/${i}`, message: `A key limited to some connections cannot have “${scope}”; make two keys.` }]

/** Named one by one: whoever adds a permission decides whether a reach bounds it. The trail, keys and members know none. */
const withinReach: ReadonlySet<Permission> = new Set([
  'connectors:read',
  'connections:read',
  'connections:test',
  'connections:resolve',
  'pipelines:read',
  'pipelines:write',
  'data-sources:read',
  'data-sources:query',
  'credentials:read',
  'workspace:read',
])

const unlimitedError = (scope: Permission): FieldError[] =>
  scope === 'connections:resolve'
    ? [
        {
          pointer: '/environments',
          message: 'Choose the environments, or the connections, that this key receives secrets of.',
        },
      ]
    : []
