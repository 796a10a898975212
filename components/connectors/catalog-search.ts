import type { ConnectionRole, ConnectorCategory } from '#lib/connectors/contract'

/** What the catalog knows of a connector: the plain part of its manifest. */
export interface CatalogConnector {
  id: string
  name: string
  summary: string
  category: ConnectorCategory
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

/** The tiles for a role and a search text, best match first; every word of the text must be found. */
export const searchCatalog = (
  connectors: readonly CatalogConnector[],
  { role, q }: { role: ConnectionRole; q: string },
): CatalogTile[] => {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  return connectors
    .filter((connector) => connector.roles.includes(role))
    .flatMap(tilesOf)
    .map(({ tile, terms }) => ({ tile, score: scoreOf(words, tile, terms) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ tile }) => tile)
}

/** Where a tile leads. */
export const tileHref = ({ connector, preset }: CatalogTile, role: ConnectionRole): string =>
  `/workspace/connections/new/${connector.id}?role=${role}${preset === undefined ? '' : `&preset=${preset}`}`

const tilesOf = (connector: CatalogConnector): { tile: CatalogTile; terms: readonly string[] }[] => [
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

// A name that starts with the word beats a synonym, which beats a word somewhere inside.
const scoreOf = (words: readonly string[], tile: CatalogTile, terms: readonly string[]): number => {
  const scores = words.map((word) => wordScore(word, tile, terms))
  return scores.some((score) => score === 0) ? 0 : 1 + scores.reduce((sum, score) => sum + score, 0)
}

const wordScore = (word: string, tile: CatalogTile, terms: readonly string[]): number => {
  const name = tile.name.toLowerCase()
  const whole = tile.preset === undefined ? 2 : 0
  if (name.startsWith(word)) return 10 + whole
  if (name.split(/\W+/).some((part) => part.startsWith(word))) return 8 + whole
  if (terms.some((term) => term.toLowerCase() === word)) return 5 + whole
  if (terms.some((term) => term.toLowerCase().startsWith(word))) return 3 + whole
  return name.includes(word) || tile.summary.toLowerCase().includes(word) ? 1 : 0
}
