import { AppError } from './errors.ts'

/** Honours If-Match: refuses a change made on another revision than the one that is stored (API-10). */
export const requireRevision = (ifMatch: string | undefined, revision: number): void => {
  if (ifMatch === undefined || ifMatch.trim() === '*') return
  const tags = ifMatch.split(',').map((tag) => tag.trim())
  if (tags.includes(`"${revision}"`)) return
  throw changedMeanwhile(revision)
}

export const changedMeanwhile = (revision?: number): AppError =>
  new AppError(
    'precondition_failed',
    'Someone else changed this in the meantime. Load it again and repeat your change.',
    revision === undefined ? {} : { details: { revision } },
  )
