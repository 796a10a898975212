import * as z from 'zod'
import { AppError } from '#lib/core/errors'
import { parseJson } from '#lib/core/page'
import type { CredentialKind } from './kinds.ts'

const serviceAccount = z.object({
  type: z.literal('service_account'),
  private_key: z.string().includes('PRIVATE KEY'),
  project_id: z.string().max(128).optional(),
  client_email: z.string().max(256).optional(),
})
const externalAccount = z.object({ type: z.literal('external_account') })

/** Looks into a key file that was pasted: whether it is one, and what of it may be shown. Its text is sealed as it is. */
export const readKeyFile = (
  kind: CredentialKind,
  typed: Record<string, string>,
  at: string,
): Record<string, string | undefined> => {
  if (kind === 'gcp.service_account' && typed.service_account_json !== undefined) {
    const parsed = serviceAccount.safeParse(parseJson(typed.service_account_json))
    if (!parsed.success) throw wrongFile(`${at}/service_account_json`, 'service_account')
    const { project_id, client_email } = parsed.data
    return { ...(project_id !== undefined && { project_id }), ...(client_email !== undefined && { client_email }) }
  }
  if (kind === 'gcp.workload_federation' && typed.configuration_json !== undefined) {
    const parsed = externalAccount.safeParse(parseJson(typed.configuration_json))
    if (!parsed.success) throw wrongFile(`${at}/configuration_json`, 'external_account')
  }
  return {}
}

const wrongFile = (pointer: string, type: string) => {
  const key = type === 'service_account' ? ' with its private_key' : ''
  const message = `Paste the whole JSON file of type “${type}”${key}, as Google Cloud made it.`
  return new AppError('invalid_request', message, { errors: [{ pointer, message }] })
}
