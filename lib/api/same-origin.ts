import { isSameOrigin } from '#lib/auth/same-origin'
import { AppError } from '#lib/core/errors'
import { isJson } from './input.ts'

/** A write that only a browser's cookie vouches for must come from our own page, in a form no plain page can send. */
export const requireSameOrigin = (request: Request): void => {
  if (!isSameOrigin(request)) throw new AppError('cross_site', 'This request came from another site and was refused.')
  if (request.method !== 'DELETE' && !isJson(request)) {
    throw new AppError('unsupported_media_type', 'Send the request as application/json.')
  }
}
