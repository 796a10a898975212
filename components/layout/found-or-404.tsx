import { notFound } from 'next/navigation'
import { AppError } from '#lib/core/errors'

/** What an operation found, or the page that says there is no such thing. */
export const foundOr404 = async <T,>(call: Promise<T>): Promise<T> => {
  try {
    return await call
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') notFound()
    throw error
  }
}
