export interface SearchTerm {
  kind: string
  term: string
}

const letters = 'abcdefghijklmnopqrstuvwxyz_0123456789'.split('')
const subjects =
  'customer invoice payment shipment stock campaign ledger session ticket employee contract parcel price refund'.split(
    ' ',
  )

/** Different terms of all kinds: short, rare, common, in names, comments and columns, found nowhere, and full of signs that mean something elsewhere. */
export const searchTerms = (count: number): SearchTerm[] => {
  const signs = [
    '%',
    '_',
    '\\',
    '100%',
    '50% off',
    'back\\slash',
    '%_',
    '\\\\',
    'under_',
    "'",
    '"quotes"',
    'größe',
    'GRÖSSE',
    '価格',
    'île',
    'İ',
    '😀',
  ]
  const terms: SearchTerm[] = [
    ...letters.map((term) => ({ kind: 'one character', term })),
    ...letters
      .slice(0, 26)
      .map((letter) => ({ kind: 'two characters', term: letter + (letters[letter.charCodeAt(0) % 7] ?? '') })),
    ...signs.map((term) => ({ kind: 'signs', term })),
    ...subjects.flatMap((term) => [
      { kind: 'common', term },
      { kind: 'capitals', term: term.toUpperCase() },
      { kind: 'column', term: `${term}_code` },
      { kind: 'comment of tables', term: `of every ${term}` },
      { kind: 'comment of columns', term: `what the ${term} comes` },
    ]),
    ...['hub', 'created_at', 'without taxes', 'valid_until', 'is_active', 'source_system'].map((term) => ({
      kind: 'columns',
      term,
    })),
  ]
  for (let n = 1; terms.length < count; n++) {
    const kind = (['rare', 'rare column', 'nowhere', 'prefix'] as const)[n % 4] ?? 'rare'
    const number = (n * 7919) % 40_000
    const term = {
      rare: `_${number}`,
      'rare column': `note_${number}`,
      nowhere: `zq${number}x`,
      prefix: `ticket_log_${n}`,
    }[kind]
    terms.push({ kind, term })
  }
  return terms.slice(0, count)
}
