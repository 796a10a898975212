import fc from 'fast-check'

export interface HostileLogin {
  database: string
  username: string
  password: string
}

/** Every character that some parser takes for a delimiter, and what looks like an escape. */
export const delimiters = [
  ...' !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  '%41',
  '%%',
  '{}',
  '}}',
  '$' + '{x}',
  '$(x)',
  'ä',
  '€',
  '漢',
]

const hostile = (max: number) =>
  fc
    .array(fc.oneof({ arbitrary: fc.constantFrom(...delimiters), weight: 3 }, fc.constantFrom('a', 'Z', '0')), {
      minLength: 1,
      maxLength: max,
    })
    .map((parts) => parts.join(''))

/** Seeded, the same every time; the last one holds everything. Names are cut to what the system allows. */
export const hostileLogins = (longest: { username: number; database: number }): HostileLogin[] => {
  // A name does not begin or end with white space: some servers drop it.
  const name = (max: number) => hostile(6).map((text) => `n${[...text].slice(0, max - 2).join('')}n`)
  const record = fc.record({
    username: name(longest.username),
    database: name(longest.database),
    password: hostile(30),
  })
  const all = delimiters.join('')
  const everything = {
    username: `n${all.slice(0, longest.username - 2)}n`,
    database: `d${all.slice(0, longest.database - 2)}d`,
    password: all,
  }
  return [...fc.sample(record, { numRuns: 25, seed: 20_261 }), everything]
}
