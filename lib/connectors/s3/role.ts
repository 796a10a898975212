import type { Duplex } from 'node:stream'
import { AwsV4Signer } from 'aws4fetch'
import { exchange } from '../_http/exchange.ts'
import { Failure, serviceFailure } from './failure.ts'
import type { S3Target } from './target.ts'

type RoleLogin = Extract<NonNullable<S3Target['credential']>, { kind: 'aws.assume_role' }>

export interface Keys {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

interface Sts {
  origin: string
  region: string
  ms: number
  open: () => Promise<Duplex>
}

/** Assumes the roles one after the other, each with the keys of the one before; only the last one gets the external id. */
export const assumeRoles = async (credential: RoleLogin, sts: Sts): Promise<Keys> => {
  const { access_key_id: accessKeyId, secret_access_key: secretAccessKey } = credential
  if (!accessKeyId || !secretAccessKey) throw new Failure('auth.no_caller')
  let keys: Keys = { accessKeyId, secretAccessKey }
  const roles = [...(credential.chain_role_arns ?? []), credential.role_arn]
  for (const [index, role] of roles.entries()) {
    const isLast = index === roles.length - 1
    keys = await assumeRole({ role, credential, externalId: isLast ? credential.external_id : undefined }, keys, sts)
  }
  return keys
}

interface Wanted {
  role: string
  credential: RoleLogin
  externalId: string | undefined
}

const assumeRole = async ({ role, credential, externalId }: Wanted, keys: Keys, sts: Sts): Promise<Keys> => {
  const body = new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: role,
    RoleSessionName: credential.session_name ?? 'jackfield',
    DurationSeconds: '900',
    ...(externalId && { ExternalId: externalId }),
  }).toString()
  const signed = await new AwsV4Signer({
    method: 'POST',
    url: `${sts.origin}/`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
    service: 'sts',
    region: sts.region,
    ...keys,
  }).sign()
  const answer = await exchange(
    await sts.open(),
    { method: 'POST', url: signed.url, headers: Object.fromEntries(signed.headers.entries()), body },
    { ms: sts.ms, bytes: 256 * 1024 },
  )
  const text = answer.body.toString('utf8')
  if (answer.status !== 200) throw roleFailure(text, answer.status, role)
  const read = (name: string) => new RegExp(`<${name}>([^<]{1,8192})</${name}>`).exec(text)?.[1]
  const [accessKeyId, secretAccessKey, sessionToken] = [
    read('AccessKeyId'),
    read('SecretAccessKey'),
    read('SessionToken'),
  ]
  if (!accessKeyId || !secretAccessKey || !sessionToken) throw new Failure('role.not_sts')
  return { accessKeyId, secretAccessKey, sessionToken }
}

/** What the service says is read for its code alone. */
const roleFailure = (text: string, status: number, role: string): Error => {
  const code = /<Code>(\w{1,64})<\/Code>/.exec(text)?.[1]
  const known = code === undefined ? undefined : serviceFailure(code, {})
  if (known?.stage === 'authenticate') return known.failure
  if (
    code === 'AccessDenied' ||
    code === 'NoSuchEntity' ||
    code === 'NoSuchRole' ||
    code === 'RoleNotFound' ||
    status === 403 ||
    status === 404
  )
    return new Failure('role.refused', { role })
  return new Failure('role.not_sts')
}
