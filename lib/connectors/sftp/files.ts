import { AppError } from '#lib/core/errors'
import { encodeLines } from '#lib/core/ndjson'
import { previewLines } from '../_files/preview.ts'
import type { FileLine, FilesRequest } from '../contract.ts'
import type { FailureContext } from './causes.ts'
import { explained } from './failure.ts'
import { type Inside, insideOf } from './folder.ts'
import { pageOf } from './list.ts'
import type { RemoteEntry, RemoteFiles } from './remote-files.ts'
import { openSession, type Session, type SftpTarget } from './session.ts'

/** Lists a folder page by page, or shows the beginning of a file. */
export async function* files(target: SftpTarget, request: FilesRequest): AsyncGenerator<Uint8Array, void> {
  const context = contextOf(target)
  let session: Session | undefined
  try {
    session = await open(target)
    const { inside } = await insideOf(session.files, target.config.start_folder)
    const place = await inside(request.path).catch(missing)
    if (request.what === 'list') yield encodeLines(await list(session.files, { place, inside, request }))
    else yield* show(session.files, place, request)
  } catch (error) {
    throw explained(error, context)
  } finally {
    session?.socket.destroy()
  }
}

export const contextOf = ({ config, credential }: SftpTarget): FailureContext => ({
  host: config.host,
  port: config.port,
  folder: config.start_folder,
  username: credential?.username ?? '',
})

const open = async (target: SftpTarget): Promise<Session> => {
  const stages = openSession(target)
  for (;;) {
    const next = await stages.next()
    if (next.done) return next.value
  }
}

type ListRequest = Extract<FilesRequest, { what: 'list' }>
type PreviewRequest = Extract<FilesRequest, { what: 'preview' }>

const list = async (
  remote: RemoteFiles,
  { place, inside, request }: { place: string; inside: Inside; request: ListRequest },
): Promise<FileLine[]> => {
  const { path, after, limit } = request
  const { kind } = await remote.look(place).catch(missing)
  if (kind !== 'folder') throw new AppError('unprocessable', 'This is not a folder.')
  const { entries, isMore } = await pageOf(remote.list(place), { after, limit }).catch(missing)
  const pathOf = (name: string) => (path === '' ? name : `${path}/${name}`)
  const lines = await Promise.all(
    entries.map(
      async (entry): Promise<FileLine> => ({
        type: 'entry',
        name: entry.name,
        path: pathOf(entry.name),
        kind: entry.kind,
        size_bytes: entry.size,
        modified_at: entry.modified,
        ...(entry.kind === 'link' && { leads_to: await leadsTo(remote, inside, pathOf(entry.name)) }),
      }),
    ),
  )
  return [...lines, { type: 'page', after: isMore ? (entries.at(-1)?.name ?? null) : null }]
}

/** What is behind a link that stays inside the start folder; null where it leads out, nowhere, or to a device. */
const leadsTo = async (remote: RemoteFiles, inside: Inside, path: string): Promise<'folder' | 'file' | null> => {
  try {
    const { kind } = await remote.look(await inside(path))
    return kind === 'folder' || kind === 'file' ? kind : null
  } catch {
    return null
  }
}

async function* show(remote: RemoteFiles, place: string, request: PreviewRequest): AsyncGenerator<Uint8Array, void> {
  const entry = await remote.look(place).catch(missing)
  requireFile(entry)
  const file = await remote.open(place).catch(missing)
  try {
    yield* previewLines({ size: entry.size ?? undefined, read: file.read }, request)
  } finally {
    file.close().catch(() => {})
  }
}

/** A pipe or a device would never end, or never answer. */
const requireFile = ({ kind }: RemoteEntry): void => {
  if (kind === 'folder') throw new AppError('unprocessable', 'This is a folder.')
  if (kind !== 'file') throw new AppError('unprocessable', 'This is neither a file nor a folder, and cannot be shown.')
}

/** The server's two refusals that are about what was asked for, not about the connection. */
const missing = (error: unknown): never => {
  const code = Object(error).code
  if (code === 2) throw new AppError('not_found', 'There is no such file or folder any more.')
  if (code === 3) throw new AppError('unprocessable', 'The login of this connection may not open this.')
  throw error
}
