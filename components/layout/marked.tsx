/** A text with what was searched for marked in it: the whole of it, or else its words. */
export const Marked = ({ text, q }: { text: string; q: string | undefined }) => {
  const parts = partsOf(text, q?.trim().toLowerCase() ?? '')
  if (parts.length === 1) return text
  return parts.map((part, index) => {
    const key = `${index}:${part}`
    return index % 2 === 1 ? <mark key={key}>{part}</mark> : part
  })
}

/** Every other part is a hit. */
const partsOf = (text: string, q: string): string[] => {
  const lower = text.toLowerCase()
  // Letters that grow when lowered would move every place behind them.
  if (q === '' || lower.length !== text.length) return [text]
  const words = lower.includes(q) ? [q] : q.split(/\s+/)
  return text.split(new RegExp(`(${words.map(literally).join('|')})`, 'gi'))
}

const literally = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
