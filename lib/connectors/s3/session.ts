import type { Duplex } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import { lineTo, secureLine } from '../_http/line.ts'
import { reach } from '../_test/reach.ts'
import { since } from '../_test/stages.ts'
import type { TestStage } from '../contract.ts'
import type { FailureContext } from './causes.ts'
import { createClient } from './client.ts'
import { Failure, stage } from './failure.ts'
import { assumeRoles, type Keys } from './role.ts'
import { hostOf, type S3Target, storeOf, stsOf, trustOf } from './target.ts'

export interface Session {
  client: S3Client
  began: number
}

/** dns, tcp, tls and, where one is assumed, role: yields each stage and returns a client that reaches this store alone. */
export async function* openSession(target: S3Target): AsyncGenerator<TestStage, Session> {
  const { config, net, limits } = target
  const began = performance.now()
  const early = target.credential?.kind === 'aws.assume_role' ? undefined : keysOf(target)
  const store = storeOf(config)
  const place = { ...store, host: hostOf(store, config.bucket) }
  const { socket, again } = yield* reach(stage, net, place)
  const trust = trustOf(config, place)
  const first = yield* stage('tls', async () => {
    const { stream, status, sentence, evidence } = await secureLine(socket, trust, limits)
    return { value: stream, status, sentence, evidence }
  })
  let waiting: Duplex | undefined = first
  const open = async (): Promise<Duplex> => {
    const ready = waiting
    waiting = undefined
    return ready ?? (await secureLine(await again(), trust, limits)).stream
  }
  const keys = target.credential?.kind === 'aws.assume_role' ? yield* assume(target) : early
  const client = createClient(target, { origin: originOf(store), isVirtual: store.isVirtual, keys, open })
  return { client, began }
}

export const contextOf = ({ config, credential }: S3Target): FailureContext => {
  const store = storeOf(config)
  const { bucket = '', prefix, region } = config
  return {
    host: hostOf(store, config.bucket),
    port: store.port,
    bucket,
    prefix,
    region,
    key: credential?.access_key_id ?? '',
  }
}

export const latencyOf = ({ began }: Session): number => since(began)

async function* assume(target: S3Target): AsyncGenerator<TestStage, Keys> {
  const { config, credential, net, limits } = target
  return yield* stage('role', async () => {
    if (credential?.kind !== 'aws.assume_role') throw new Failure('auth.no_caller')
    const place = stsOf(config)
    const open = lineTo(trustOf(config, place), net, limits)
    const sts = { origin: originOf(place), region: config.region, ms: limits.auth_ms, open }
    const value = await assumeRoles(credential, sts)
    return { value, sentence: `${credential.role_arn} was assumed.`, evidence: { role: credential.role_arn } }
  })
}

/** The keys as they were entered; none for a bucket that is open to everybody. */
const keysOf = ({ credential }: S3Target): Keys | undefined => {
  if (!credential || credential.kind === 'aws.assume_role') return undefined
  const { access_key_id: accessKeyId, secret_access_key: secretAccessKey } = credential
  if (!secretAccessKey) throw new Failure('auth.no_secret')
  if (credential.kind === 'aws.access_key') return { accessKeyId, secretAccessKey }
  if (!credential.session_token) throw new Failure('auth.expired')
  return { accessKeyId, secretAccessKey, sessionToken: credential.session_token }
}

const originOf = ({ scheme, host, port }: { scheme: string; host: string; port: number }): string =>
  new URL(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`).origin
