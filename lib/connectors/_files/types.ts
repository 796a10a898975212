/** What all values of a column have in common, by what they look like. */
export type TextType = 'integer' | 'decimal' | 'boolean' | 'date' | 'timestamp' | 'text'

// A leading zero is a postal code or an account number, not an integer.
const patterns: [TextType, RegExp][] = [
  ['integer', /^[+-]?(?:0|[1-9]\d*)$/],
  ['decimal', /^[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/],
  ['boolean', /^(?:true|false)$/i],
  ['date', /^\d{4}-\d{2}-\d{2}$/],
  ['timestamp', /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?$/],
]

export const typeOfTexts = (values: Iterable<string | null>): TextType => {
  let fitting = patterns
  let isAny = false
  for (const value of values) {
    if (value === null || value === '') continue
    isAny = true
    fitting = fitting.filter(([, pattern]) => pattern.test(value))
    if (fitting.length === 0) return 'text'
  }
  return isAny ? (fitting[0]?.[0] ?? 'text') : 'text'
}
