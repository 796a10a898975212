/** The same rule as in the database: two words are alike if they are the same once each lost at most one letter. */
export const isSlip = (a: string, b: string): boolean => {
  if (Math.min(a.length, b.length) < 4 || Math.abs(a.length - b.length) > 1) return false
  const others = new Set(shortened(b))
  return shortened(a).some((text) => others.has(text))
}

const shortened = (word: string): string[] => [
  word,
  ...Array.from(word, (_, i) => word.slice(0, i) + word.slice(i + 1)),
]
