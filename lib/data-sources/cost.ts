/** A limit of cost as large as this is none. */
export const largestCost = 1e15

/** Where nothing else is set, the planner may not expect more than this of a production system: a scan of some 100 GB. */
export const productionCost = 10_000_000
