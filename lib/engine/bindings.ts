import { AppError } from '#lib/core/errors'
import type { Destination } from '#lib/credentials/destination'
import {
  describeDestination,
  exchangesOf,
  fitsHints,
  isSameDestination,
  namesDestination,
  sameExchange,
} from '#lib/credentials/destination'

/** A secret goes only where it was entered for: same scheme, host and port, over TLS at least as strong (AUTHZ-3). */
export const requireDestination = (sealedTo: Destination, wanted: Destination, credentialName: string): void => {
  if (isSameDestination(sealedTo, wanted)) return
  throw changed(credentialName, describeDestination(sealedTo), wanted)
}

/** The first destination of a credential must be the host and port it was entered with; where it had none, it takes someone who may type secrets. */
export const requireHints = (
  { meta, credential_name: name }: { meta: Record<string, unknown>; credential_name: string },
  wanted: Destination,
  mayBind: boolean,
): void => {
  if (fitsHints(meta, wanted) && (namesDestination(meta, wanted) || mayBind)) return
  throw changed(
    name,
    [meta.host, meta.port].filter((part) => part !== undefined).join(':') || 'no destination yet',
    wanted,
  )
}

/** What is kept of a secret is exchanged for a token only where it was entered for, whatever the public part typed beside it says. */
export const requireExchange = (
  { meta, credential_name: name }: { meta: Record<string, unknown>; credential_name: string },
  typed: Record<string, unknown>,
): void => {
  if (sameExchange(meta, typed)) return
  const [sealedTo, wanted] = [meta, typed].map((config) => exchangesOf(config).join(', ') || 'no address')
  throw new AppError(
    'destination_changed',
    `The secret of “${name}” is exchanged for a token at ${sealedTo} and is not sent to ${wanted}. Enter the secret again, or ask someone with the permission “credentials:bind”.`,
    { details: { sealed_to: sealedTo, wanted } },
  )
}

const changed = (credentialName: string, sealedTo: string, wanted: Destination): AppError =>
  new AppError(
    'destination_changed',
    `The secret of “${credentialName}” is sealed to ${sealedTo} and is not sent to ${describeDestination(wanted)}. Enter the secret again, or ask someone with the permission “credentials:bind”.`,
    { details: { sealed_to: sealedTo, wanted: describeDestination(wanted) } },
  )
