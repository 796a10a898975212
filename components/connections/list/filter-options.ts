import type { ConnectionFacets } from '#lib/connections/schema'
import { environmentLabels } from '#lib/format/environment'
import type { ListQuery } from './list-query.ts'
import { statusLabels } from './list-query.ts'

type Option = readonly [value: string, words: string, count?: number]

interface Known {
  connectors: Readonly<Record<string, { name: string }>>
  /** Of the rows that were loaded. */
  tags: readonly string[]
  facets: ConnectionFacets | undefined
}

export interface ListFilter {
  key: keyof ListQuery
  label: string
  options: readonly Option[]
  isMultiple: boolean
}

/** What one can filter by. With facets only what there is, and how many; before them everything that could be. */
export const filtersOf = ({ connectors, tags, facets }: Known): ListFilter[] => [
  {
    key: 'type',
    label: 'Connector',
    isMultiple: true,
    options: facets
      ? facets.types.map(({ value, count }) => [value, connectors[value]?.name ?? value, count])
      : Object.entries(connectors).map(([type, { name }]) => [type, name]),
  },
  {
    key: 'environment',
    label: 'Environment',
    isMultiple: true,
    options: counted([...Object.entries(environmentLabels), ['none', 'None']], facets?.environments),
  },
  {
    key: 'status',
    label: 'Status',
    isMultiple: true,
    options: counted(Object.entries(statusLabels), facets?.statuses),
  },
  {
    key: 'tag',
    label: 'Tag',
    isMultiple: true,
    options: facets ? facets.tags.map(({ value, count }) => [value, value, count]) : tags.map((tag) => [tag, tag]),
  },
  {
    key: 'used',
    label: 'Used',
    isMultiple: false,
    options: [
      ['true', 'Used by pipelines', ...one(facets?.used)],
      ['false', 'Not used', ...one(facets?.unused)],
    ],
  },
]

const counted = (
  options: readonly (readonly [string, string])[],
  facets: readonly { value: string; count: number }[] | undefined,
): Option[] =>
  options.map(([value, words]) => [
    value,
    words,
    ...one(facets && (facets.find((facet) => facet.value === value)?.count ?? 0)),
  ])

const one = (count: number | undefined): [number?] => (count === undefined ? [] : [count])
