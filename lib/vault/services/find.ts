import { keyIdFor, requireGoodKey } from '../key-check.ts'
import { KeyProblem } from '../key-problem.ts'
import { awsKms } from './aws-kms.ts'
import { azureKeyVault } from './azure-key-vault.ts'
import { gcpKms } from './gcp-kms.ts'
import { type KeyService, type ServiceKind, serviceKinds } from './service.ts'
import type { KeySettings } from './settings.ts'
import { vaultTransit } from './vault-transit.ts'

const services: Readonly<Record<ServiceKind, (reference: string, settings: KeySettings) => KeyService>> = {
  'aws-kms': awsKms,
  'gcp-kms': gcpKms,
  'azure-key-vault': azureKeyVault,
  'vault-transit': vaultTransit,
}

/** Which service a source names; undefined for the key file itself. */
export const kindOf = (source: string): ServiceKind | undefined => {
  if (source === 'file') return undefined
  const kind = serviceKinds.find((known) => source.startsWith(`${known}:`))
  if (kind) return kind
  throw new KeyProblem(
    'refused',
    `A key is kept in “file”, or in ${serviceKinds.map((name) => `${name}:…`).join(', ')}`,
  )
}

export interface WrappedEntry {
  source: string
  wrapped: string
}

/** Has a service wrap a key. Answers where it is and what to keep of it. */
export const wrapKey = async (key: Buffer, source: string, settings: KeySettings): Promise<WrappedEntry> => {
  const [kind, service] = find(source, settings)
  const { reference, wrapped } = await service.wrap(key, keyIdFor(key))
  return { source: `${kind}:${reference}`, wrapped }
}

/** Has it unwrapped again; what comes back must be the key of this id, whatever the service says. */
export const unwrapKey = async (id: string, { source, wrapped }: WrappedEntry, settings: KeySettings) => {
  const [, service] = find(source, settings)
  const key = await service.unwrap(wrapped, id)
  if (key.length === 32 && keyIdFor(key) === id) {
    requireGoodKey(key, 'A wrapped key')
    return key
  }
  key.fill(0)
  throw new KeyProblem('damaged', `What is kept for ${id} holds another key: the key file was changed.`)
}

const find = (source: string, settings: KeySettings): [ServiceKind, KeyService] => {
  const kind = kindOf(source)
  if (!kind) throw new KeyProblem('refused', 'A key file wraps no keys.')
  return [kind, services[kind](source.slice(kind.length + 1), settings)]
}
