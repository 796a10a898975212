import {
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3'
import { AppError } from '#lib/core/errors'
import { encodeLines } from '#lib/core/ndjson'
import { previewLines } from '../_files/preview.ts'
import type { FileLine, FilesRequest } from '../contract.ts'
import { explained, failureOf } from './failure.ts'
import { contextOf, openSession, type Session } from './session.ts'
import type { S3Target } from './target.ts'

type ListRequest = Extract<FilesRequest, { what: 'list' }>

/** Lists buckets, or what stands below a prefix, page by page; or shows the beginning of an object. */
export async function* files(target: S3Target, request: FilesRequest): AsyncGenerator<Uint8Array, void> {
  let session: Session | undefined
  try {
    const { bucket, key } = placeOf(target, request.path)
    session = await open({ ...target, config: { ...target.config, bucket } })
    const { client } = session
    if (request.what === 'preview') yield* show(client, { bucket, key }, request)
    else if (bucket === undefined) yield encodeLines(await listBuckets(client, request))
    else yield encodeLines(await listObjects(client, { bucket, key }, request))
  } catch (error) {
    throw explained(error, contextOf(target))
  } finally {
    session?.client.destroy()
  }
}

const open = async (target: S3Target): Promise<Session> => {
  const stages = openSession(target)
  for (;;) {
    const next = await stages.next()
    if (next.done) return next.value
  }
}

interface Place {
  bucket: string | undefined
  key: string
}

/** Without a bucket in the settings the first name of a path is one. */
const placeOf = ({ config: { bucket, prefix } }: S3Target, path: string): Place => {
  requirePlain(path)
  if (bucket !== undefined) return { bucket, key: [prefix, path].filter(Boolean).join('/') }
  const [first = '', ...rest] = path.split('/')
  if (first !== '' && !/^[A-Za-z0-9][A-Za-z0-9._-]{1,253}$/.test(first))
    throw new AppError('not_found', 'There is no such bucket.')
  return { bucket: first || undefined, key: [prefix, ...rest].filter(Boolean).join('/') }
}

/** A prefix is plain text to a store, but not to what stands in front of it: no way up in a path. */
const requirePlain = (path: string): void => {
  const names = path === '' ? [] : path.split('/')
  if (names.every((name) => name !== '' && name !== '.' && name !== '..' && !/\p{Cc}/u.test(name))) return
  const message = 'Write the path as names with / in between, without “..”.'
  throw new AppError('invalid_request', message, { errors: [{ pointer: '/path', message }] })
}

const listBuckets = async (client: S3Client, { after = '', limit }: ListRequest): Promise<FileLine[]> => {
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}))
  const found = Buckets.filter(({ Name = '' }) => Name > after).toSorted((a, b) =>
    (a.Name ?? '') < (b.Name ?? '') ? -1 : 1,
  )
  const lines = found.slice(0, limit).map(
    ({ Name: name = '', CreationDate }): FileLine => ({
      ...{ type: 'entry', name, path: name, kind: 'folder', size_bytes: null },
      modified_at: CreationDate?.toISOString() ?? null,
    }),
  )
  return [...lines, { type: 'page', after: found.length > limit ? (found[limit - 1]?.Name ?? null) : null }]
}

/** The store itself gathers what shares a name up to the next slash; `after` is its own mark. */
const listObjects = async (
  client: S3Client,
  { bucket, key }: Place,
  { path, after, limit }: ListRequest,
): Promise<FileLine[]> => {
  const prefix = key === '' ? '' : `${key}/`
  const page = await client
    .send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Delimiter: '/',
        Prefix: prefix,
        MaxKeys: Math.min(limit, 1_000),
        ...(after !== undefined && { ContinuationToken: after }),
      }),
    )
    .catch(missing)
  const pathOf = (name: string) => (path === '' ? name : `${path}/${name}`)
  const named = (name: string): boolean => name !== '' && !name.includes('/')
  const folders = (page.CommonPrefixes ?? []).flatMap(({ Prefix = '' }): FileLine[] => {
    const name = Prefix.slice(prefix.length).replace(/\/$/, '')
    return named(name)
      ? [{ type: 'entry', name, path: pathOf(name), kind: 'folder', size_bytes: null, modified_at: null }]
      : []
  })
  const objects = (page.Contents ?? []).flatMap(({ Key = '', Size, LastModified }): FileLine[] => {
    const name = Key.slice(prefix.length)
    const modified_at = LastModified && !Number.isNaN(LastModified.getTime()) ? LastModified.toISOString() : null
    return named(name)
      ? [{ type: 'entry', name, path: pathOf(name), kind: 'file', size_bytes: Size ?? null, modified_at }]
      : []
  })
  const isNothing =
    path !== '' && after === undefined && folders.length + objects.length === 0 && (page.KeyCount ?? 0) === 0
  if (isNothing) throw new AppError('not_found', 'There is no such file or folder any more.')
  return [
    ...folders,
    ...objects,
    { type: 'page', after: page.IsTruncated ? (page.NextContinuationToken ?? null) : null },
  ]
}

async function* show(
  client: S3Client,
  { bucket, key }: Place,
  request: Extract<FilesRequest, { what: 'preview' }>,
): AsyncGenerator<Uint8Array, void> {
  if (bucket === undefined || key === '') throw new AppError('unprocessable', 'This is a folder.')
  const at = { Bucket: bucket, Key: key }
  const { ContentLength: size } = await client.send(new HeadObjectCommand(at)).catch(missing)
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const end = Math.min(offset + length, size ?? Number.POSITIVE_INFINITY) - 1
    if (end < offset) return new Uint8Array()
    const { Body } = await client.send(new GetObjectCommand({ ...at, Range: `bytes=${offset}-${end}` })).catch(missing)
    return (await Body?.transformToByteArray())?.subarray(0, length) ?? new Uint8Array()
  }
  yield* previewLines({ size, read }, request)
}

/** The store's refusals that are about what was asked for, not about the connection. */
const missing = (error: unknown): never => {
  const { name, $metadata } = Object(error)
  if (name === 'NoSuchKey' || name === 'NotFound')
    throw new AppError('not_found', 'There is no such file or folder any more.')
  if (name === 'NoSuchBucket') throw new AppError('not_found', 'There is no such bucket any more.')
  if (
    name === 'AccessDenied' ||
    ($metadata?.httpStatusCode === 403 && failureOf(error, 'bucket').code === 'auth.refused')
  )
    throw new AppError(
      'unprocessable',
      'The login of this connection may not open this: s3:GetObject or s3:ListBucket is missing.',
    )
  throw error
}
