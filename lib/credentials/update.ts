import type * as z from 'zod'
import { authorize } from '#lib/auth/authorize'
import { requireRecentSignIn } from '#lib/auth/step-up'
import { AppError } from '#lib/core/errors'
import { nameKey } from '#lib/core/text'
import { changesHints, rebind, requireAdminister } from './binding.ts'
import { parseBundle } from './bundle.ts'
import { differenceOf } from './difference.ts'
import { type Doing, note } from './doing.ts'
import { isCredentialKind } from './kinds.ts'
import { changedLabels, labelColumns } from './labels.ts'
import { nameTaken } from './names.ts'
import { requireNoRotation } from './rotating.ts'
import type { updateCredentialInput } from './schema.ts'
import { placeColumns, placeIn, sealNext, sealTo } from './seal-version.ts'
import { type CredentialChange, isNameTaken, type StoredCredential, updateStored } from './store.ts'

type UpdateInput = Omit<z.output<typeof updateCredentialInput>, 'id' | 'if_match'>

interface Step {
  data: CredentialChange
  changed: string[]
}

/** Merges what was sent into a credential that the caller has locked, in one write; answers what changed. */
export const changeStored = async (doing: Doing, stored: StoredCredential, input: UpdateInput): Promise<string[]> => {
  requireAdminister(doing, stored)
  const steps = [
    await nameStep(doing, stored, input),
    { data: labelColumns(input), changed: changedLabels(stored, input) },
    await statusStep(doing, stored, input),
    await restrictedStep(doing, stored, input),
    await secretStep(doing, stored, input),
  ]
  const changed = steps.flatMap((step) => step.changed)
  const data = Object.assign({}, ...steps.map((step) => step.data))
  if (changed.length > 0) await updateStored(doing.tx, doing.actor, stored.id, { ...data, updatedBy: doing.actor.id })
  return changed
}

const nothing: Step = { data: {}, changed: [] }

const nameStep = async ({ tx, actor }: Doing, stored: StoredCredential, { name }: UpdateInput): Promise<Step> => {
  if (name === undefined || name === stored.name) return nothing
  if (await isNameTaken(tx, actor, nameKey(name), stored.id)) throw nameTaken(name)
  return { data: { name, nameKey: nameKey(name) }, changed: ['name'] }
}

const statusStep = async (doing: Doing, stored: StoredCredential, { status }: UpdateInput): Promise<Step> => {
  if (status === undefined || status === stored.status) return nothing
  // For everybody who uses it: a grant is not enough.
  authorize(doing.actor, 'credentials:write')
  await note(doing, status === 'active' ? 'credential.enabled' : 'credential.disabled', stored, {})
  return { data: { status }, changed: ['status'] }
}

/** Who sees an object is for those who give access to objects. */
const restrictedStep = async (doing: Doing, stored: StoredCredential, { restricted }: UpdateInput): Promise<Step> => {
  if (restricted === undefined || restricted === stored.restricted) return nothing
  authorize(doing.actor, 'grants:write')
  await note(doing, 'access.restricted', stored, { restricted })
  return { data: { restricted }, changed: ['restricted'] }
}

/** The public part and the secret together: the one says where the other goes. */
const secretStep = async (doing: Doing, stored: StoredCredential, input: UpdateInput): Promise<Step> => {
  const { config, unseal } = input
  const isUnsealed = unseal === true && stored.destination !== null
  if (isUnsealed) await rebind(doing, stored)
  const unsealed = isUnsealed ? ['sealed_to'] : []
  const now = placeIn(stored)
  if (config === undefined) {
    if (!isUnsealed) return nothing
    return { data: await sealTo(doing, stored, { ...now, destination: null }), changed: unsealed }
  }
  const bundle = parseBundle(
    { kind: stored.kind, config },
    { accepted: isCredentialKind(stored.kind) ? [stored.kind] : [], at: '', stored: now.config },
  )
  requireStored(stored, bundle.kept)
  const change = differenceOf(stored, bundle)
  if (change.isTyped) requireRecentSignIn(doing.actor)
  if (change.isTyped || change.isMetaChanged) await requireNoRotation(doing.tx, stored.id)
  const hints = { config: bundle.meta, isKept: change.kept.length > 0 && !isUnsealed }
  const isElsewhere = await changesHints(doing, stored, hints)
  const place = { destination: isUnsealed || isElsewhere ? null : now.destination, config: bundle.meta }
  const next = change.isTyped ? await sealNext(doing, stored, { bundle, kept: change.kept, place }) : undefined
  if (next?.version !== undefined) {
    await note(doing, 'credential.replaced', stored, { fields: next.changed, version: next.version })
  }
  return {
    data: {
      ...(change.isTyped ? placeColumns(place) : await sealTo(doing, stored, place)),
      ...(next?.version !== undefined && { version: next.version, rotateReason: null }),
    },
    changed: [...unsealed, ...change.metaChanged.map((name) => `config.${name}`), ...(next?.changed ?? [])],
  }
}

const requireStored = ({ fields }: StoredCredential, kept: string[]): void => {
  const missing = kept.filter((name) => !fields.includes(name))
  if (missing.length === 0) return
  const message = 'There is no stored value to keep; type it.'
  const errors = missing.map((name) => ({ pointer: `/config/${name}`, message }))
  throw new AppError('invalid_request', message, { errors })
}
