import type { Attributes, FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2'

export interface RemoteEntry {
  name: string
  kind: 'folder' | 'file' | 'link' | 'other'
  size: number | null
  modified: string | null
}

/** The few things that are asked of a server. All of them end when the connection does. */
export interface RemoteFiles {
  /** The absolute path, with every link in it resolved. */
  resolve(path: string): Promise<string>
  /** What a path is; the last link in it is followed. */
  look(path: string): Promise<RemoteEntry>
  /** Everything in a folder, in the order and the portions of the server. */
  list(path: string): AsyncGenerator<RemoteEntry[], void>
  /** Reads from an open file; fewer bytes only at its end. */
  open(path: string): Promise<OpenFile>
}

export interface OpenFile {
  read(offset: number, length: number): Promise<Uint8Array>
  close(): Promise<void>
}

export const remoteFiles = (sftp: SFTPWrapper, lost: Promise<never>): RemoteFiles => {
  /** One question; the answer, or the end of the connection. */
  const ask = <T>(question: (answer: (error: unknown, value: T) => void) => void): Promise<T> =>
    Promise.race([
      new Promise<T>((resolve, reject) => question((error, value) => (error ? reject(error) : resolve(value)))),
      lost,
    ])
  const close = (handle: Buffer) => ask<void>((answer) => sftp.close(handle, (error) => answer(error, undefined)))
  return {
    resolve: (path) => ask<string>((answer) => sftp.realpath(path, answer)),
    look: async (path) => entryOf('', await ask<Stats>((answer) => sftp.stat(path, answer))),
    async *list(path) {
      const handle = await ask<Buffer>((answer) => sftp.opendir(path, answer))
      try {
        for (;;) {
          const found = await ask<FileEntryWithStats[] | false>((answer) =>
            sftp.readdir(handle, (error, list) => answer(isEnd(error) ? undefined : error, error ? false : list)),
          )
          if (found === false) return
          yield found.map(({ filename, attrs }) => entryOf(filename, attrs))
        }
      } finally {
        close(handle).catch(() => {})
      }
    },
    async open(path) {
      const handle = await ask<Buffer>((answer) => sftp.open(path, 'r', answer))
      const piece = async (into: Buffer, position: number): Promise<number> => {
        let filled = 0
        while (filled < into.length) {
          const count = await ask<number>((answer) =>
            sftp.read(handle, into, filled, into.length - filled, position + filled, (error, bytes) =>
              answer(isEnd(error) ? undefined : error, error ? 0 : bytes),
            ),
          )
          if (count === 0) break
          filled += count
        }
        return filled
      }
      return { read: (offset, length) => readPieces(piece, offset, length), close: () => close(handle) }
    },
  }
}

const pieceBytes = 32 * 1024
/** Questions that are under way at the same time. */
const piecesAtOnce = 16

const readPieces = async (
  piece: (into: Buffer, position: number) => Promise<number>,
  offset: number,
  length: number,
): Promise<Uint8Array> => {
  const bytes = Buffer.alloc(length)
  const step = pieceBytes * piecesAtOnce
  for (let at = 0; at < length; at += step) {
    const starts = Array.from({ length: piecesAtOnce }, (_, index) => at + index * pieceBytes).filter(
      (start) => start < length,
    )
    const parts = starts.map((start) => bytes.subarray(start, Math.min(start + pieceBytes, length)))
    const counts = await Promise.all(parts.map((part, index) => piece(part, offset + (starts[index] ?? 0))))
    const short = counts.findIndex((count, index) => count < (parts[index]?.length ?? 0))
    if (short >= 0) return bytes.subarray(0, (starts[short] ?? 0) + (counts[short] ?? 0))
  }
  return bytes
}

// SSH_FX_EOF ends a folder and a file; it is no failure.
const isEnd = (error: unknown): boolean => Object(error).code === 1

const kinds = new Map<number, RemoteEntry['kind']>([
  [0o040000, 'folder'],
  [0o100000, 'file'],
  [0o120000, 'link'],
])

/** Attributes are optional in the protocol, whatever the types of ssh2 say. */
const entryOf = (name: string, attributes: Attributes): RemoteEntry => {
  const { mode, size, mtime }: Partial<Attributes> = attributes
  const kind = kinds.get((mode ?? 0) & 0o170000) ?? 'other'
  return {
    name,
    kind,
    size: kind === 'file' && Number.isFinite(size) ? (size ?? null) : null,
    modified: mtime === undefined ? null : new Date(mtime * 1000).toISOString(),
  }
}
