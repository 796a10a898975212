import type { Actor } from '#lib/auth/actor'
import { AppError } from '#lib/core/errors'
import { type Bundle, parseBundle } from '#lib/credentials/bundle'
import { placeOf } from '#lib/credentials/destination'
import { isCredentialKind } from '#lib/credentials/kinds'
import { sealVersion } from '#lib/credentials/seal-version'
import type { Tx } from '#lib/db/client'
import type { startRotationInput } from './schema.ts'
import { insertStaged, nextVersion, type RotatedCredential } from './store.ts'

type Typed = (typeof startRotationInput)['_output']['config']

/** Public fields that say where a secret goes: with one of them changed, no stored secret is carried over. */
const whereFields = ['host', 'port', 'base_url', 'token_url', 'authorization_url', 'authority_host']

/** Seals what was typed, with the fields that stay, as a version nothing uses yet; answers its number. */
export const stageSecret = async (tx: Tx, actor: Actor, stored: RotatedCredential, typed: Typed): Promise<number> => {
  if (!isCredentialKind(stored.kind)) throw nothingNew()
  const given = { kind: stored.kind, config: typed }
  const bundle = parseBundle(given, { accepted: [stored.kind], at: '', stored: stored.config })
  const kept = stored.fields.filter((name) => !Object.hasOwn(bundle.typed, name) && !bundle.cleared.includes(name))
  if (kept.length > 0) requireSamePlace(stored, bundle)
  const version = await nextVersion(tx, stored.id)
  const { id, kind, destination } = stored
  const scope = stored.workspaceId ?? stored.organizationId
  const keep = kept.length > 0 ? { version: stored.version, fields: kept } : undefined
  const target = { id, version, kind, scope, sealedTo: placeOf(destination, bundle.meta) }
  const { columns, isSame } = await sealVersion(target, bundle.typed, { keep, compare: stored.version })
  if (isSame && !isMetaChanged(stored, bundle)) throw nothingNew()
  await insertStaged(tx, {
    credentialId: id,
    version,
    ...columns,
    config: JSON.parse(JSON.stringify(bundle.meta)),
    createdBy: actor.id,
  })
  return version
}

const requireSamePlace = (stored: RotatedCredential, { meta }: Bundle): void => {
  const changed = whereFields.filter((name) => stored.config[name] !== meta[name])
  if (changed.length === 0) return
  throw new AppError('destination_changed', 'The secret is not carried over to another place. Type all of it again.', {
    errors: changed.map((name) => ({
      pointer: `/config/${name}`,
      message: 'Type the whole secret again to change it.',
    })),
  })
}

const isMetaChanged = ({ config }: RotatedCredential, { meta }: Bundle): boolean =>
  [...new Set([...Object.keys(config), ...Object.keys(meta)])].some(
    (name) => JSON.stringify(config[name]) !== JSON.stringify(meta[name]),
  )

const nothingNew = () => {
  const message = 'This is what is stored already. Type the new secret.'
  return new AppError('invalid_request', message, { errors: [{ pointer: '/config', message }] })
}
