import { AppError } from '#lib/core/errors'
import type { RemoteFiles } from './remote-files.ts'

/** A place on the server that is certainly inside the start folder, with every link resolved. */
export type Inside = (path: string) => Promise<string>

/**
 * Finds places below the start folder. The server resolves a path first and what comes out has to lie below what the start
 * folder resolves to, so that neither `..` nor a link leads out of it; the resolved path is the one that is opened.
 */
export const insideOf = async (files: RemoteFiles, startFolder: string): Promise<{ root: string; inside: Inside }> => {
  const root = await files.resolve(startFolder === '' ? '.' : startFolder)
  const inside: Inside = async (path) => {
    const place = await files.resolve(path === '' ? root : `${root === '/' ? '' : root}/${requirePlain(path)}`)
    if (isBelow(root, place)) return place
    throw new AppError('forbidden', 'This link leads out of the start folder of the connection.')
  }
  return { root, inside }
}

const isBelow = (root: string, place: string): boolean =>
  place.startsWith('/') &&
  !place.split('/').includes('..') &&
  (place === root || place.startsWith(root === '/' ? '/' : `${root}/`))

/** Names, one below the other: no way up, nothing empty, no NUL. */
const requirePlain = (path: string): string => {
  const names = path.split('/')
  if (names.every((name) => name !== '' && name !== '.' && name !== '..' && !name.includes('\0'))) return path
  const message = 'Write the path as names with / in between, without “..”.'
  throw new AppError('invalid_request', message, { errors: [{ pointer: '/path', message }] })
}
