import { expect, test } from 'vitest'
import { allManifests } from '#lib/connectors/catalog'
import { categoriesOf, searchCatalog, tileHref } from './catalog-search.ts'

const found = (q: string) => searchCatalog(allManifests(), { role: 'source', q })
const names = (q: string) => found(q).map(({ name }) => name)

test('the words people use find the connector', () => {
  for (const word of ['pg', 'postgres', 'PostgreSQL', 'psql', 'postg']) expect(names(word)[0]).toBe('PostgreSQL')
})

test('a provider is found by its name and by what it belongs to, and leads to the form with its preset', () => {
  const [neon] = found('neon')
  expect(neon && tileHref(neon, 'destination')).toBe('/workspace/connections/new/postgres?role=destination&preset=neon')
  expect(names('neon')).toEqual(['Neon'])
  expect(names('aws')).toEqual(expect.arrayContaining(['Amazon RDS', 'Amazon Aurora']))
  expect(names('amazon rds')[0]).toBe('Amazon RDS')
})

test('everything is there without a search, the connector before its providers, and nothing for nonsense', () => {
  const all = found('').filter(({ connector }) => connector.id === 'postgres')
  expect(all[0]?.name).toBe('PostgreSQL')
  expect(names('').length).toBeGreaterThan(10)
  expect(names('zzz')).toEqual([])
})

test('a slip of the finger still finds it, and never hides what was typed right', () => {
  for (const word of ['postgers', 'postgrse', 'psotgres', 'postgressql', 'postgrs'])
    expect(names(word)[0]).toBe('PostgreSQL')
  expect(names('noen')[0]).toBe('Neon')
  expect(names('supabse')[0]).toBe('Supabase')
  expect(names('amzon rds').join()).toMatch(/^Amazon RDS/)
  expect(names('neon')).toEqual(['Neon'])
})

test('a category shows its own, and only categories with something in them are offered', () => {
  const databases = searchCatalog(allManifests(), { role: 'source', q: '', category: 'database' })
  expect(new Set(databases.map(({ connector }) => connector.category))).toEqual(new Set(['database']))
  const offered = categoriesOf(allManifests(), 'source')
  expect(offered[0]).toBe('database')
  for (const category of offered)
    expect(searchCatalog(allManifests(), { role: 'source', q: '', category }).length).toBeGreaterThan(0)
})

test('what is still being tried out comes last', () => {
  const [first, ...others] = allManifests().map((manifest) => ({ ...manifest, presets: [] }))
  if (!first) throw new Error('no connectors')
  const tiles = searchCatalog([{ ...first, status: 'preview' }, ...others], { role: 'source', q: '' })
  expect(tiles.at(-1)?.connector.id).toBe(first.id)
})
