import { authorize, mayDo } from '#lib/auth/authorize'
import { requireRecentSignIn } from '#lib/auth/step-up'
import { AppError } from '#lib/core/errors'
import type { Destination } from '#lib/credentials/destination'
import {
  describeDestination,
  destinationShape,
  exchangesOf,
  fitsHints,
  hasHostHint,
  isSameDestination,
  namesDestination,
  placeOf,
  sameExchange,
  sameHints,
} from './destination.ts'
import { type Doing, note } from './doing.ts'
import { placeIn, sealTo } from './seal-version.ts'
import { listUsers, type StoredCredential, updateStored } from './store.ts'

/** Seals a stored secret to where it shall go, if it may. */
export const bindTo = async (
  doing: Doing,
  stored: StoredCredential,
  wanted: Destination,
  connectionId?: string,
): Promise<void> => {
  const destination = await requireBinding(doing, stored, wanted, connectionId)
  const place = { ...placeIn(stored), destination }
  if (placeOf(stored.destination, stored.config) === placeOf(destination, stored.config)) return
  await updateStored(doing.tx, doing.actor, stored.id, await sealTo(doing, stored, place))
}

/**
 * The rule of AUTHZ-3, in one place: same destination, or first one, or `credentials:bind` and an event in the trail.
 * Answers what the secret is to be sealed to, which the caller does.
 */
export const requireBinding = async (
  doing: Doing,
  stored: StoredCredential,
  destination: Destination,
  connectionId?: string,
): Promise<Destination> => {
  const { tx, actor } = doing
  const sealed = sealedDestination(stored)
  if (sealed && isSameDestination(sealed, destination)) return sealed
  if (sealed === undefined && mayChoose(doing, stored, destination) && fitsHints(stored.config, destination))
    return destination
  if (stored.fields.length > 0 && !mayDo(actor, 'credentials:bind')) throw destinationChanged(sealed, destination)
  if (stored.fields.length > 0) requireRecentSignIn(actor)
  requireAdminister(doing, stored)
  const others = await listUsers(tx, actor, stored.id, { except: connectionId })
  if (others.length > 0) throw sharedWith(others)
  const from = sealed ? describeDestination(sealed) : null
  await note(doing, 'credential.bound', stored, { from, to: describeDestination(destination) })
  return destination
}

/** Nobody has said yet where it may go: that is for those who could have typed it. */
const mayChoose = ({ actor }: Doing, stored: StoredCredential, destination: Destination): boolean =>
  namesDestination(stored.config, destination) ||
  stored.fields.length === 0 ||
  mayDo(actor, stored.workspaceId === null ? 'credentials:administer' : 'credentials:write')

/** A credential of the whole organization is changed only by those who look after all of them. */
export const requireAdminister = ({ actor }: Doing, { workspaceId }: StoredCredential): void => {
  if (workspaceId === null) authorize(actor, 'credentials:administer')
}

/**
 * Whether the host, port or address in the public part may become another: what is kept of the secret would go there, so
 * this is the same right as attaching it elsewhere. True: what it is sealed to has to be taken away.
 */
export const changesHints = async (
  doing: Doing,
  stored: StoredCredential,
  { config, isKept }: { config: Record<string, unknown>; isKept: boolean },
): Promise<boolean> => {
  const sealed = sealedDestination(stored)
  if (sameHints(stored.config, config, { isSealed: sealed !== undefined })) return false
  if (sealed && sameExchange(stored.config, config) && fitsHints(config, sealed) && hasHostHint(config)) return false
  if (isKept) await rebind(doing, stored)
  return true
}

/** The same right where a connection keeps the secret and names another address to exchange it for a token. */
export const requireExchange = async (
  doing: Doing,
  stored: StoredCredential,
  config: Record<string, unknown>,
): Promise<void> => {
  if (sameExchange(stored.config, config)) return
  if (!mayDo(doing.actor, 'credentials:bind')) throw exchangeChanged(stored)
  requireRecentSignIn(doing.actor)
  requireAdminister(doing, stored)
  const [from, to] = [exchangesOf(stored.config), exchangesOf(config)].map((all) => all.join(', ') || null)
  await note(doing, 'credential.bound', stored, { from, to })
}

/** Takes away what the secret is sealed to, with the right to do so and an event in the trail. */
export const rebind = async (doing: Doing, stored: StoredCredential): Promise<void> => {
  const sealed = sealedDestination(stored)
  if (!mayDo(doing.actor, 'credentials:bind')) throw hintsChanged(stored, sealed)
  requireRecentSignIn(doing.actor)
  await note(doing, 'credential.bound', stored, { from: sealed ? describeDestination(sealed) : null, to: null })
}

const sealedDestination = ({ destination }: StoredCredential): Destination | undefined =>
  destination === null ? undefined : destinationShape.parse(destination)

export const sharedWith = (others: string[]) =>
  new AppError(
    'in_use',
    `${others.length > 0 ? `Other connections use the same credential (${others.slice(0, 3).join(', ')}${others.length > 3 ? ', …' : ''})` : 'This credential belongs to the whole organization'}. Type the whole secret again to give this connection its own.`,
    { details: { used_by: others } },
  )

const destinationChanged = (sealed: Destination | undefined, wanted: Destination) =>
  new AppError(
    'destination_changed',
    `The stored secret was entered for ${sealed ? describeDestination(sealed) : 'another host'} and is not sent to ${describeDestination(wanted)}. Type the secret again, or ask an admin to allow the change.`,
    { errors: [{ pointer: '/credential', message: 'Type the secret again for the changed destination.' }] },
  )

const hintsChanged = ({ name }: StoredCredential, sealed: Destination | undefined) =>
  new AppError(
    'destination_changed',
    `The stored secret of “${name}” was entered for ${sealed ? describeDestination(sealed) : 'another address'} and goes nowhere else. Type the secret again, or ask someone with the permission “credentials:bind”.`,
    { errors: [{ pointer: '/config', message: 'Type the secret again for the changed address.' }] },
  )

const exchangeChanged = ({ name, config }: StoredCredential) =>
  new AppError(
    'destination_changed',
    `The stored secret of “${name}” is exchanged for a token at ${exchangesOf(config).join(', ') || 'the provider’s own address'} and goes nowhere else. Type the secret again, or ask someone with the permission “credentials:bind”.`,
    {
      errors: [{ pointer: '/credential/config/token_url', message: 'Type the secret again for the changed address.' }],
    },
  )
