import type { Duplex } from 'node:stream'
import { Readable } from 'node:stream'
import { S3Client } from '@aws-sdk/client-s3'
import { exchange } from '../_http/exchange.ts'
import type { Keys } from './role.ts'
import type { S3Target } from './target.ts'

interface SignedRequest {
  method: string
  protocol: string
  hostname: string
  port?: number | undefined
  path: string
  query?: Record<string, unknown> | undefined
  headers: Record<string, string>
}

/** What one answer may hold: a page of a listing, or a piece of a file. */
const answerBytesMax = 26 * 1024 * 1024

/**
 * Amazon's client with everything taken away that it would fetch from its surroundings: keys, region and options are
 * given, files and the environment are not read, there is no second try, and every request goes over a socket that was
 * opened for the one address of the connection.
 */
export const createClient = (
  { config, limits }: S3Target,
  {
    origin,
    isVirtual,
    keys,
    open,
  }: { origin: string; isVirtual: boolean; keys: Keys | undefined; open: () => Promise<Duplex> },
): S3Client =>
  new S3Client({
    region: config.region,
    endpoint: origin,
    forcePathStyle: !isVirtual,
    credentials: keys ?? { accessKeyId: '', secretAccessKey: '' },
    ...(keys === undefined && { signer: { sign: async <T>(request: T) => request } }),
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    followRegionRedirects: false,
    useArnRegion: false,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    disableS3ExpressSessionAuth: true,
    disableMultiregionAccessPoints: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    userAgentAppId: 'jackfield',
    requestHandler: {
      metadata: { handlerProtocol: 'http/1.1' },
      destroy: () => {},
      async handle(request: SignedRequest) {
        const answer = await exchange(
          await open(),
          { method: methodOf(request.method), url: urlOf(request), headers: headersOf(request.headers), isRaw: true },
          { ms: limits.auth_ms, bytes: answerBytesMax },
        )
        const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]))
        return { response: { statusCode: answer.status, headers, body: Readable.from([answer.body]) } }
      },
    } as never,
  })

/** Nothing is written by it. */
const methodOf = (method: string): 'GET' | 'HEAD' => {
  if (method === 'GET' || method === 'HEAD') return method
  throw new Error(`${method} is not for a connector that reads`)
}

const urlOf = ({ protocol, hostname, port, path, query }: SignedRequest): URL => {
  const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`)
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : [value]
    return values.map((one) =>
      one === null || one === undefined ? encode(name) : `${encode(name)}=${encode(String(one))}`,
    )
  })
  // As it was signed: a URL would write some characters another way.
  Object.defineProperties(url, {
    pathname: { value: path },
    search: { value: pairs.length > 0 ? `?${pairs.join('&')}` : '' },
  })
  return url
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

const headersOf = (headers: Record<string, string>): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(?:expect|connection)$/i.test(name))),
  'accept-encoding': 'identity',
})
