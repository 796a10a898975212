import { expect, test } from 'vitest'
import { allManifests } from '#lib/connectors/catalog'
import { searchCatalog, tileHref } from './catalog-search.ts'

const found = (q: string) => searchCatalog(allManifests(), { role: 'source', q })
const names = (q: string) => found(q).map(({ name }) => name)

test('the words people use find the connector', () => {
  for (const word of ['pg', 'postgres', 'PostgreSQL', 'psql', 'postg']) expect(names(word)[0]).toBe('PostgreSQL')
})

test('a provider is found by its name and by what it belongs to, and leads to the form with its preset', () => {
  const [neon] = found('neon')
  expect(neon && tileHref(neon, 'destination')).toBe('/workspace/connections/new/postgres?role=destination&preset=neon')
  expect(names('neon')).toEqual(['Neon'])
  expect(names('aws').slice(0, 2)).toEqual(['Amazon RDS', 'Amazon Aurora'])
  expect(names('amazon rds')[0]).toBe('Amazon RDS')
})

test('everything is there without a search, the connector before its providers, and nothing for nonsense', () => {
  const all = found('').filter(({ connector }) => connector.id === 'postgres')
  expect(all[0]?.name).toBe('PostgreSQL')
  expect(names('').length).toBeGreaterThan(10)
  expect(names('zzz')).toEqual([])
})
