import { isMarkedAsUntransferable } from 'node:worker_threads'

/**
 * Gives the memory of bytes back that nobody reads any more, instead of leaving them to be found: a process with a small
 * heap searches all of it for every few megabytes of buffers. Of a buffer that several pieces share, only the last piece
 * gives it back; memory that Node shares out to anybody stays.
 */
export const release = ({ buffer, byteOffset, byteLength }: Uint8Array): void => {
  if (!(buffer instanceof ArrayBuffer) || isMarkedAsUntransferable(buffer)) return
  if (byteOffset + byteLength === buffer.byteLength) buffer.transfer(0)
}
