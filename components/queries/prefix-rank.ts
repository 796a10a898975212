import type { ResultColumn } from './result-store.ts'
import { compareKeys } from './sort-keys.ts'

/** A number in the order of texts as far as their first characters tell; undefined where they do not. */
export type PrefixRank = (text: string) => number | undefined

/** Seven bits for each of seven characters fit into a double exactly. */
const length = 7
const unit = 128

/** For kinds that are compared by their text alone. */
export const prefixRankOf = (kind: ResultColumn['kind']): PrefixRank | undefined => {
  if (!textKinds.has(kind)) return undefined
  const ranks = kind === 'text' ? dictionaryRanks() : codeRanks
  return (text) => {
    let rank = 0
    // One more is looked at: what follows may belong to the character before.
    for (let at = 0; at <= length; at += 1) {
      const one = at < text.length ? (ranks[text.charCodeAt(at)] ?? 0) : 0
      if (one === 0 && at < text.length) return undefined
      if (at < length) rank = rank * unit + one
    }
    return rank
  }
}

const textKinds = new Set<ResultColumn['kind']>(['text', 'json', 'binary', 'array', 'uuid', 'geometry', 'other'])

const codeRanks = Uint8Array.from({ length: unit - 1 }, (_, code) => code + 1)

/** Where a dictionary has the characters of ASCII; `a` and `A` stand at one place and are told apart by the whole words. */
const dictionaryRanks = (): Uint8Array => {
  const ranks = new Uint8Array(unit)
  const base = new Intl.Collator('en', { sensitivity: 'base' })
  const printable = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at))
  printable.sort((a, b) => compareKeys('text', { number: 0, text: a }, { number: 0, text: b }))
  let rank = 0
  printable.forEach((one, at) => {
    if (at === 0 || base.compare(printable[at - 1] ?? '', one) !== 0) rank += 1
    ranks[one.charCodeAt(0)] = rank
  })
  return ranks
}
