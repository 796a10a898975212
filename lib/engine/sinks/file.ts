import { constants } from 'node:fs'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import path from 'node:path'
import { ReceiverRefused } from './https.ts'

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants

/**
 * Appends a batch to `<home>/audit/<name>.<workspace>.ndjson` (AUDIT-10): folder, mode and ending are ours, the name was
 * checked to be one, and nothing that is not a plain file of its own is written to.
 */
export const appendFile = async (home: string, name: string, lines: string[]): Promise<void> => {
  if (!/^[a-z0-9][a-z0-9_.-]*$/.test(name)) throw new ReceiverRefused('This is not a file name.')
  const folder = path.join(home, 'audit')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = await open(path.join(folder, `${name}.ndjson`), O_APPEND | O_CREAT | O_NOFOLLOW | O_RDWR, 0o600)
  try {
    const { size, nlink, isFile } = await statOf(file)
    if (!isFile || nlink !== 1) throw new ReceiverRefused('The file is not a plain file of its own.')
    await file.chmod(0o600)
    // A crash may have left half a line; the event it belongs to comes again.
    const start = (await endsOpen(file, size)) ? '\n' : ''
    await file.appendFile(start + lines.map((line) => `${line}\n`).join(''))
    await file.sync()
  } finally {
    await file.close()
  }
}

const statOf = async (file: FileHandle) => {
  const stats = await file.stat()
  return { size: stats.size, nlink: stats.nlink, isFile: stats.isFile() }
}

const endsOpen = async (file: FileHandle, size: number): Promise<boolean> => {
  if (size === 0) return false
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] !== 10
}
