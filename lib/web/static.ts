import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { pipeline } from 'node:stream'

interface StaticFile {
  file: string
  type: string
  /** Compressed twins that the build wrote beside it. */
  encodings: readonly ('br' | 'gzip')[]
}

export type StaticFiles = ReadonlyMap<string, StaticFile>

const types: Record<string, string | undefined> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

const endings = { br: '.br', gzip: '.gz' } as const

/** Lists what Next built, once: a request can then only name a file that is in the list. */
export const listStaticFiles = (built: string): StaticFiles => {
  const folder = path.join(built, 'static')
  if (!existsSync(folder)) return new Map()
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const known = new Set(names)
  const files = names.filter((name) => !/\.(br|gz)$/.test(name) && statSync(path.join(folder, name)).isFile())
  return new Map(
    files.map((name) => [
      `/_next/static/${name.split(path.sep).join('/')}`,
      {
        file: path.join(folder, name),
        type: types[path.extname(name)] ?? 'application/octet-stream',
        encodings: (['br', 'gzip'] as const).filter((encoding) => known.has(name + endings[encoding])),
      },
    ]),
  )
}

/** The file a path names; undefined for a name that was never built. */
export const findStatic = (files: StaticFiles, pathname: string): StaticFile | undefined => {
  try {
    return files.get(decodeURIComponent(pathname))
  } catch {
    return undefined
  }
}

/** Sends a hashed file, compressed as far as the client can; its name changes with its content, so it may be kept forever. */
export const sendStatic = (found: StaticFile, request: IncomingMessage, response: ServerResponse): void => {
  const accepted = String(request.headers['accept-encoding'] ?? '')
  const encoding = found.encodings.find((name) => new RegExp(`\\b${name}\\b`).test(accepted))
  const file = encoding ? found.file + endings[encoding] : found.file
  response.setHeader('content-type', found.type)
  response.setHeader('cache-control', 'public, max-age=31536000, immutable')
  response.setHeader('vary', 'accept-encoding')
  response.setHeader('content-length', statSync(file).size)
  if (encoding) response.setHeader('content-encoding', encoding)
  if (request.method === 'HEAD') response.end()
  else pipeline(createReadStream(file), response, () => {})
}
