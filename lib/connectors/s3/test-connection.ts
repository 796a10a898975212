import { GetObjectCommand, ListBucketsCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { causeOf, isFailureOf } from '../_test/failure.ts'
import type { TestOutcome, TestStage } from '../contract.ts'
import { causes } from './causes.ts'
import { Failure, failureOf, stage } from './failure.ts'
import { contextOf, latencyOf, openSession, type Session } from './session.ts'
import type { S3Target } from './target.ts'

/** The staged test: yields every stage as it goes and returns one outcome, whatever the store does. */
export async function* testConnection(target: S3Target): AsyncGenerator<TestStage, TestOutcome> {
  let session: Session | undefined
  let latency_ms: number | null = null
  try {
    session = yield* openSession(target)
    const { client } = session
    const first = yield* authenticate(client, target)
    latency_ms = latencyOf(session)
    const names = yield* stage('bucket', async () => {
      if ('error' in first) throw first.error
      return {
        value: first.names,
        sentence: sentenceOf(first.names, target),
        evidence: { at_first: first.names.length },
      }
    })
    if (target.config.bucket !== undefined) yield* tryToRead(client, target, names[0])
    const server = { region: target.config.region, endpoint: target.config.endpoint ?? null }
    return { success: true, message: 'Connected successfully (S3)', driver: 's3', server, cause: null, latency_ms }
  } catch (error) {
    if (!isFailureOf(causes, error)) throw error
    const cause = causeOf(causes, error, contextOf(target))
    return { success: false, message: cause.sentence, driver: 's3', server: null, cause, latency_ms }
  } finally {
    session?.client.destroy()
  }
}

type First = { names: string[] } | { error: unknown }

/** One question tells both: who asks is refused in other words than what is asked for. */
async function* authenticate(client: S3Client, { config, credential }: S3Target): AsyncGenerator<TestStage, First> {
  return yield* stage('authenticate', async (): Promise<{ value: First; sentence: string; status?: 'skipped' }> => {
    const sentence = credential ? `The store knows ${credential.access_key_id ?? 'the role'}.` : 'Without a login.'
    const status = credential ? {} : ({ status: 'skipped' } as const)
    try {
      return { value: { names: await firstNames(client, config) }, sentence, ...status }
    } catch (error) {
      const failure = failureOf(error, 'authenticate')
      if (failure.code === 'auth.refused' && credential?.kind === 'aws.session') throw new Failure('auth.expired')
      if (causes[failure.code].stage !== 'bucket') throw failure
      return { value: { error: failure }, sentence, ...status }
    }
  })
}

const firstNames = async (client: S3Client, { bucket, prefix }: S3Target['config']): Promise<string[]> => {
  if (bucket === undefined) {
    const { Buckets, Owner } = await client.send(new ListBucketsCommand({}))
    // Whatever answers with 200 is not a store yet.
    if (!Buckets && !Owner) throw new Failure('protocol.not_s3')
    return (Buckets ?? []).flatMap(({ Name }) => Name ?? [])
  }
  const within = prefix === '' ? {} : { Prefix: `${prefix}/` }
  const { Contents = [], Name } = await client.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1, ...within }))
  if (Name !== bucket) throw new Failure('protocol.not_s3')
  return Contents.flatMap(({ Key }) => Key ?? [])
}

const sentenceOf = (names: readonly string[], { config: { bucket, prefix } }: S3Target): string => {
  if (bucket === undefined) return `${names.length.toLocaleString('en')} buckets can be seen.`
  const place = prefix === '' ? `“${bucket}”` : `“${prefix}” in “${bucket}”`
  return names.length === 0 ? `${place} can be listed and is empty.` : `${place} can be listed.`
}

/** Listing and reading are two rights. */
async function* tryToRead(
  client: S3Client,
  { config }: S3Target,
  key: string | undefined,
): AsyncGenerator<TestStage, void> {
  yield* stage('grants', async () => {
    if (key === undefined) return { value: undefined, status: 'skipped', sentence: 'There is no file to try to read.' }
    try {
      await client.send(new GetObjectCommand({ Bucket: config.bucket, Key: key, Range: 'bytes=0-0' }))
      return { value: undefined, sentence: 'Files can be read.', evidence: { read: true } }
    } catch (error) {
      const status = Number(Object(error).$metadata?.httpStatusCode)
      // An empty file has no first byte.
      if (status === 416) return { value: undefined, sentence: 'Files can be read.', evidence: { read: true } }
      if (status !== 403) throw error
      return {
        value: undefined,
        status: 'warning',
        sentence: 'Files can be listed but not read: s3:GetObject is missing.',
        evidence: { read: false },
      }
    }
  })
}
