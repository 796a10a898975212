import { AppError } from '#lib/core/errors'

/** A file that can be read from anywhere; it answers fewer bytes than asked only at its end. */
export interface RandomAccess {
  /** Undefined where the store does not say. */
  size: number | undefined
  read(offset: number, length: number): Promise<Uint8Array>
}

const megabyte = 1024 * 1024

/** What a preview may read, hold and send. */
export const bounds = {
  /** The beginning of a text file, and of a compressed one before it is unpacked. */
  headBytes: megabyte,
  /** What a compressed beginning may become. */
  unpackedBytes: 4 * megabyte,
  /** Everything that is read of one file. */
  readBytes: 24 * megabyte,
  columns: 300,
  /** Characters of one cell. */
  cellChars: 4_096,
  /** Characters of the whole answer. */
  answerChars: 2 * megabyte,
} as const

/** The same file, which ends the preview when more is read of it than a preview needs, whatever asks for it. */
export const boundedReader = ({ size, read }: RandomAccess): RandomAccess => {
  let left: number = bounds.readBytes
  return {
    size,
    async read(offset, length) {
      left -= length
      if (!(offset >= 0 && length >= 0 && left >= 0)) {
        throw unreadable('It would take more than a preview may read: its parts are too large, or it is damaged.')
      }
      return length === 0 ? new Uint8Array() : read(offset, length)
    },
  }
}

/** Why a file cannot be shown, as the answer to the person who asked. */
export const unreadable = (sentence: string, cause?: unknown): AppError =>
  new AppError('unprocessable', sentence, cause === undefined ? {} : { cause })
