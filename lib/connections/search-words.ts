import { allManifests } from '#lib/connectors/catalog'
import { isSlip } from '#lib/core/slip'

/** One word of a search, with the connectors that are called so. */
export interface SearchWord {
  text: string
  types: readonly string[]
  /** It stands nowhere as it was typed, so words that differ by a slip of the pen match as well. */
  slips?: boolean
}

export interface Search {
  /** All of them have to match. */
  words: readonly SearchWord[]
  /** What was typed, as a name and as a slug. */
  name: string
  slug: string
}

const wordsMax = 8

/** What is looked for, or undefined for a search that says nothing; `approximate` reads it as slips of the pen need it. */
export const searchOf = (q: string | undefined, approximate: boolean): Search | undefined => {
  const name = (q ?? '').normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ')
  if (name === '') return undefined
  // Between letters and digits only: what was typed as `prod_pg` may be stored as `prod-pg`.
  const texts = approximate ? name.split(/[^\p{L}\p{N}]+/u).filter(Boolean) : name.split(' ')
  const words = texts.slice(0, wordsMax).map((text) => ({ text, types: typesCalled(text, approximate) }))
  return { words, name, slug: name.replaceAll(' ', '-') }
}

/** Connectors one of whose words begins so; presets count, because people know their database by its provider. */
const typesCalled = (text: string, approximate: boolean): string[] =>
  text.length < 2
    ? []
    : connectorWords()
        .filter(({ words }) => words.some((word) => word.startsWith(text) || (approximate && isSlip(text, word))))
        .map(({ id }) => id)

let known: { id: string; words: string[] }[] | undefined

const connectorWords = () => {
  known ??= allManifests().map(({ id, name, keywords, presets }) => {
    const called = [id, name, ...keywords, ...presets.flatMap((preset) => [preset.name, ...(preset.keywords ?? [])])]
    return { id, words: [...new Set(called.flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u)))] }
  })
  return known
}
