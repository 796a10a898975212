import { AppError } from '#lib/core/errors'

/** Errors made for people have a sentence worth showing; any other is a fault of ours and the error page's business. */
export const problemOf = (error: unknown): { problem: string } => {
  if (error instanceof AppError) return { problem: error.message }
  throw error
}
