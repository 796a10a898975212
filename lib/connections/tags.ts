/** The tags of a connection after some were added and some taken off. */
export const retagged = (tags: readonly string[], add: readonly string[], take: readonly string[]): string[] =>
  [...new Set([...tags, ...add])].filter((tag) => !take.includes(tag)).sort()
