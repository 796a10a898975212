import { type ConnectionRole, type ConnectorCategory, connectorCategories } from '#lib/connectors/contract'
import { isSlip } from '#lib/core/slip'

/** What the catalog knows of a connector: the plain part of its manifest. */
export interface CatalogConnector {
  id: string
  name: string
  summary: string
  category: ConnectorCategory
  status: 'available' | 'preview'
  roles: readonly ConnectionRole[]
  keywords: readonly string[]
  presets: readonly { id: string; name: string; keywords?: readonly string[] | undefined }[]
}

/** One tile: a connector, or a provider that opens the connector's form with its preset. */
export interface CatalogTile {
  key: string
  connector: CatalogConnector
  preset: string | undefined
  name: string
  summary: string
}

interface CatalogQuery {
  role: ConnectionRole
  q: string
  category?: ConnectorCategory | undefined
}

/** The tiles for a role and a search text, best match first; every word must be found, if need be with a slip of the finger. */
export const searchCatalog = (
  connectors: readonly CatalogConnector[],
  { role, q, category }: CatalogQuery,
): CatalogTile[] => {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  const tiles = connectors
    .filter((connector) => connector.roles.includes(role) && (!category || connector.category === category))
    .toSorted((a, b) => rankOf(a) - rankOf(b) || a.name.localeCompare(b.name))
    .flatMap(tilesOf)
  const found = bestOf(tiles, words, wordScore)
  return found.length > 0 ? found : bestOf(tiles, words, slipScore)
}

/** What can be used comes before what is still being tried out; then by category. */
const rankOf = ({ status, category }: CatalogConnector): number =>
  (status === 'available' ? 0 : 100) + categories.indexOf(category)

const categories = Object.keys(connectorCategories)

/** The categories in which there is something for a role. */
export const categoriesOf = (connectors: readonly CatalogConnector[], role: ConnectionRole): ConnectorCategory[] => {
  const present = connectors.filter(({ roles }) => roles.includes(role)).map(({ category }) => category)
  return [...new Set(present)].sort((a, b) => categories.indexOf(a) - categories.indexOf(b))
}

type WordScore = (word: string, tile: CatalogTile, terms: readonly string[]) => number

const bestOf = (tiles: readonly TileTerms[], words: readonly string[], score: WordScore): CatalogTile[] =>
  tiles
    .map(({ tile, terms }) => ({ tile, score: scoreOf(words, tile, terms, score) }))
    .filter(({ score: total }) => total > 0)
    // Of several that match as well, the one that is called exactly so.
    .sort((a, b) => b.score - a.score || isCalled(b.tile, words) - isCalled(a.tile, words))
    .map(({ tile }) => tile)

/** Where a tile leads. */
export const tileHref = ({ connector, preset }: CatalogTile, role: ConnectionRole): string =>
  `/workspace/connections/new/${connector.id}?role=${role}${preset === undefined ? '' : `&preset=${preset}`}`

interface TileTerms {
  tile: CatalogTile
  terms: readonly string[]
}

const tilesOf = (connector: CatalogConnector): TileTerms[] => [
  {
    tile: { key: connector.id, connector, preset: undefined, name: connector.name, summary: connector.summary },
    terms: connector.keywords,
  },
  ...connector.presets.map((preset) => ({
    tile: {
      key: `${connector.id}/${preset.id}`,
      connector,
      preset: preset.id,
      name: preset.name,
      summary: connector.name,
    },
    terms: [...(preset.keywords ?? []), ...connector.keywords, connector.name],
  })),
]

const isCalled = ({ name }: CatalogTile, words: readonly string[]): number =>
  name.toLowerCase() === words.join(' ') ? 1 : 0

// A name that starts with the word beats a synonym, which beats a word somewhere inside.
const scoreOf = (words: readonly string[], tile: CatalogTile, terms: readonly string[], score: WordScore): number => {
  const scores = words.map((word) => score(word, tile, terms))
  return scores.some((score) => score === 0) ? 0 : 1 + scores.reduce((sum, score) => sum + score, 0)
}

const wordScore: WordScore = (word, tile, terms) => {
  const name = tile.name.toLowerCase()
  const whole = tile.preset === undefined ? 2 : 0
  if (name.startsWith(word)) return 10 + whole
  if (name.split(/\W+/).some((part) => part.startsWith(word))) return 8 + whole
  if (terms.some((term) => term.toLowerCase() === word)) return 5 + whole
  if (terms.some((term) => term.toLowerCase().startsWith(word))) return 3 + whole
  return name.includes(word) || tile.summary.toLowerCase().includes(word) ? 1 : 0
}

// The word may be the beginning of a longer one: `postgers` of PostgreSQL.
const slipScore: WordScore = (word, tile, terms) => {
  const exact = wordScore(word, tile, terms)
  if (exact > 0) return exact
  if (isNear(word, [tile.name])) return 4
  return isNear(word, terms) ? (tile.preset === undefined ? 2 : 1) : 0
}

const isNear = (word: string, texts: readonly string[]): boolean =>
  texts
    .flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u))
    .some((other) => isSlip(word, other) || isSlip(word, other.slice(0, word.length)))
