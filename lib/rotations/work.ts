import type { Actor } from '#lib/auth/actor'
import { hold, settle } from './steps.ts'
import {
  type ClaimedTest,
  claimTest,
  endTest,
  findById,
  inTransaction,
  listDue,
  renewLease,
  type TestEnd,
} from './store.ts'

export type { ClaimedTest, TestEnd }

/** What an engine does for rotations, each in a transaction of its own: killed anywhere, the next engine goes on. */
export const takeTest = (leaseBy: string, lease_s: number): Promise<ClaimedTest | undefined> =>
  inTransaction((tx) => claimTest(tx, leaseBy, lease_s))

export const keepTest = (leaseBy: string, lease_s: number) => inTransaction((tx) => renewLease(tx, leaseBy, lease_s))

export const giveResult = (leaseBy: string, end: TestEnd) => inTransaction((tx) => endTest(tx, leaseBy, end))

export const dueRotations = (): Promise<string[]> => inTransaction((tx) => listDue(tx))

export const settleRotation = (id: string): Promise<void> =>
  inTransaction(async (tx) => {
    const found = await findById(tx, id)
    if (!found) return
    const held = await hold(tx, found.credentialId, id)
    await settle(tx, held, engineOf(found.workspaceId))
  })

const engineOf = (workspaceId: string): Pick<Actor, 'kind' | 'id' | 'name' | 'workspaceId'> => ({
  kind: 'system',
  id: 'system',
  name: 'Jackfield',
  workspaceId,
})
