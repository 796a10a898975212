import type { ConnectionView } from '#lib/connections/schema'

/** The loaded rows that hold what is being typed: shown at once, until the server has looked through all of them. */
export const narrow = (rows: readonly ConnectionView[], typed: string): readonly ConnectionView[] => {
  const words = wordsOf(typed)
  return words.length === 0 ? rows : rows.filter((row) => words.every((word) => holds(row, word)))
}

const holds = ({ name, conn_id, summary, tags, type }: ConnectionView, word: string): boolean =>
  name.toLowerCase().includes(word) ||
  conn_id.includes(word) ||
  summary.toLowerCase().includes(word) ||
  type.includes(word) ||
  tags.some((tag) => tag.includes(word))

const wordsOf = (text: string): string[] => text.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean)
