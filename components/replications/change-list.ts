import type * as z from 'zod'
import type { replicateLine } from '#lib/connectors/contract'

export type ReplicateChange = Extract<z.output<typeof replicateLine>, { type: 'change' }>
export type ChangedValue = NonNullable<ReplicateChange['before']>[number]

/** A change with a number of its own: several may be the same to the letter. */
export interface ShownChange extends ReplicateChange {
  id: number
}

/** A preview shows what happens; it is no store. */
export const shownMax = 1_000

/** The newest first, and the oldest left out beyond what is kept. */
export const withChanges = (shown: readonly ShownChange[], arrived: readonly ShownChange[]): ShownChange[] =>
  [...arrived.toReversed(), ...shown].slice(0, shownMax)

export interface ChangedRow {
  name: string
  key: boolean
  /** Undefined where this side was not sent, e.g. the row before of a table whose identity is its key. */
  before: ChangedValue['value'] | undefined
  after: ChangedValue['value'] | undefined
  isDifferent: boolean
}

/** The two sides of a change column by column; a value that was kept is no difference. */
export const rowsOf = ({ before, after }: Pick<ReplicateChange, 'before' | 'after'>): ChangedRow[] => {
  const old = new Map((before ?? []).map((one) => [one.name, one]))
  const next = new Map((after ?? []).map((one) => [one.name, one]))
  return [...new Set([...(after ?? before ?? []), ...(before ?? [])].map(({ name }) => name))].map((name) => {
    const [was, is] = [old.get(name), next.get(name)]
    return {
      name,
      key: (is ?? was)?.key ?? false,
      before: was?.value,
      after: is?.value,
      isDifferent:
        was !== undefined &&
        is !== undefined &&
        !isKept(is.value) &&
        JSON.stringify(was.value) !== JSON.stringify(is.value),
    }
  })
}

export const isKept = (value: ChangedValue['value']): value is { kept: true } =>
  value !== null && typeof value === 'object' && 'kept' in value
