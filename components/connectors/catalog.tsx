'use client'
import { TextInput } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import Link from 'next/link'
import { useRouter, useSearchParams } from 'next/navigation'
import { type KeyboardEvent, useRef, useState } from 'react'
import { Segments } from '#components/layout/segments'
import { dropPasted } from '#lib/client/pasted'
import { type ConnectionRole, type ConnectorCategory, connectorCategories } from '#lib/connectors/contract'
import { presetIcons } from '#lib/connectors/preset-icons.gen'
import classes from './catalog.module.css'
import { CatalogPaste } from './catalog-paste.tsx'
import { type CatalogConnector, type CatalogTile, categoriesOf, searchCatalog, tileHref } from './catalog-search.ts'
import { ConnectorLogo } from './connector-logo.tsx'
import { moveFocus } from './move-focus.ts'

/** Choose what to connect to: by role, by search, by provider, or by pasting what one already has. */
export const Catalog = ({ connectors }: { connectors: readonly CatalogConnector[] }) => {
  const router = useRouter()
  const query = useSearchParams()
  const role = roleOf(query.get('role'))
  const categories = categoriesOf(connectors, role)
  const category = categories.find((known) => known === query.get('category'))
  const [q, setQ] = useState('')
  const search = useRef<HTMLInputElement>(null)
  const grid = useRef<HTMLDivElement>(null)
  const tiles = searchCatalog(connectors, { role, q, category })
  useHotkeys([['/', () => search.current?.focus()]])

  const show = (nextRole: ConnectionRole, nextCategory: ConnectorCategory | undefined) =>
    window.history.replaceState(null, '', `?role=${nextRole}${nextCategory ? `&category=${nextCategory}` : ''}`)
  const onSearchKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && tiles[0]) router.push(tileHref(tiles[0], role))
    if (event.key === 'ArrowDown') grid.current?.querySelector('a')?.focus()
    if (event.key === 'Escape') setQ('')
  }
  return (
    <div className={classes.catalog}>
      <div className={classes.controls}>
        <Segments
          name="role"
          label="Role"
          options={[
            { value: 'source', label: 'Source' },
            { value: 'destination', label: 'Destination' },
          ]}
          value={role}
          onChange={(next) => show(next, category)}
        />
        <p className={classes.roleHelp}>{roleHelp[role]}</p>
      </div>
      <TextInput
        ref={search}
        size="md"
        type="search"
        aria-label="Search connectors and providers"
        placeholder="Search connectors and providers"
        leftSection={<IconSearch size={17} stroke={1.8} aria-hidden />}
        value={q}
        onChange={(event) => setQ(event.currentTarget.value)}
        onKeyDown={onSearchKey}
        autoComplete="off"
        autoFocus
      />
      <CatalogPaste role={role} />
      {categories.length > 1 && (
        <Segments
          name="category"
          label="Category"
          options={[
            { value: '', label: 'All' },
            ...categories.map((known) => ({ value: known, label: connectorCategories[known] })),
          ]}
          value={category ?? ''}
          onChange={(next) => show(role, next === '' ? undefined : next)}
        />
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys only move between the links inside */}
      <div ref={grid} className={classes.results} onKeyDown={(event) => moveFocus(event, search.current)}>
        {groupsOf(tiles, q).map(({ title, members }) => (
          <section key={title} className={classes.group} aria-label={title}>
            <h2 className={classes.groupTitle}>{title}</h2>
            <ul className={classes.grid}>
              {members.map((tile) => (
                <li key={tile.key}>
                  <Tile tile={tile} role={role} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <p className={classes.status} role="status">
        {tiles.length === 0
          ? `Nothing matches “${q}”. Try the name of the system, or of the provider that runs it.`
          : ''}
      </p>
    </div>
  )
}

const Tile = ({ tile, role }: { tile: CatalogTile; role: ConnectionRole }) => (
  <Link
    href={tileHref(tile, role)}
    className={classes.tile}
    data-provider={tile.preset !== undefined || undefined}
    onClick={dropPasted}
    prefetch={false}
  >
    <ConnectorLogo
      type={tile.preset === undefined ? tile.connector.id : `${tile.connector.id}/${tile.preset}`}
      name={tile.name}
      icon={tile.preset === undefined ? undefined : presetIcons[`${tile.connector.id}/${tile.preset}`]}
      size={tile.preset === undefined ? 40 : 32}
    />
    <span className={classes.tileText}>
      <span className={classes.tileName}>{tile.name}</span>
      <span className={classes.tileSummary}>{tile.summary}</span>
    </span>
  </Link>
)

const roleHelp: Record<ConnectionRole, string> = {
  source: 'Pipelines read from it.',
  destination: 'Pipelines write to it.',
}

const roleOf = (text: string | null): ConnectionRole => (text === 'destination' ? 'destination' : 'source')

/** Connectors by category, then the providers; a search has one list, best first. */
const groupsOf = (tiles: readonly CatalogTile[], q: string): { title: string; members: CatalogTile[] }[] => {
  if (q.trim() !== '') return tiles.length === 0 ? [] : [{ title: 'Best matches', members: [...tiles] }]
  const groups = [...Map.groupBy(tiles, titleOf)].map(([title, members]) => ({ title, members }))
  const isProviders = ({ members }: { members: CatalogTile[] }) => members[0]?.preset !== undefined
  return [...groups.filter((group) => !isProviders(group)), ...groups.filter(isProviders)]
}

const titleOf = ({ preset, connector }: CatalogTile): string => {
  if (preset !== undefined) return `${connector.name} · providers`
  const ready = connector.status === 'available' ? 'Available now' : 'To try out'
  return `${ready} · ${connectorCategories[connector.category]}`
}
