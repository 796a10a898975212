// What the list can be sorted and filtered by, as plain words: the browser has them without a schema library.

/** How a saved connection's test stands, in the words of the list. */
export const testStates = ['never_tested', 'passed', 'failed', 'stale'] as const
export type TestState = (typeof testStates)[number]

const sortColumns = [
  'name',
  'type',
  'environment',
  'last_test',
  'latency',
  'used_by_count',
  'created_at',
  'updated_at',
] as const
export type SortColumn = (typeof sortColumns)[number]
export type ConnectionSort = SortColumn | `-${SortColumn}`

/** Connections that have no value to sort by come last either way. */
export const connectionSorts = sortColumns.flatMap((column): ConnectionSort[] => [column, `-${column}`])
