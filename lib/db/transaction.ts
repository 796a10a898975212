import { db, type Tx } from './client.ts'

/** Runs `work` in one transaction: all of its writes happen, its audit event among them, or none. */
export const transaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
  db().$transaction(work, { maxWait: 5_000, timeout: 15_000 })
