'use client'
import { ObjectChanges } from '#components/data-sources/changes/object-changes'
import { CopyText } from '#components/data-sources/copy-text'
import { FilterMenu } from '#components/layout/filter-menu'
import { RelativeTime } from '#components/layout/relative-time'
import { SearchField } from '#components/layout/search-field'
import type { ChangedObject, SchemaChangeClass } from '#lib/data-sources/schema'
import { formatNumber, plural } from '#lib/format/number'
import toolbar from '../../layout/toolbar.module.css'
import { useListKeys } from '../../layout/use-list-keys.ts'
import changesClasses from '../changes/changes.module.css'
import { schemaChangeOrder, schemaChangeWords } from '../changes/words.ts'
import { useAddress } from '../use-address.ts'
import classes from './comparison.module.css'
import type { ComparedSource, Comparison } from './comparison-page.tsx'
import { comparisonMarkdown } from './comparison-text.ts'

interface DifferencesProps {
  source: ComparedSource
  other: ComparedSource
  comparison: Comparison
}

const searchId = 'differences-search'

/** All differences, what can break first; what is looked for stands in the address. */
export const Differences = ({ source, other, comparison }: DifferencesProps) => {
  const { params, replace } = useAddress()
  useListKeys(searchId)
  const q = params.get('q') ?? undefined
  const kind = schemaChangeOrder.find((one) => one === params.get('class'))
  const show = (next: { q?: string | null; class?: string | null }) => {
    const now = { with: other.id, q: q ?? null, class: kind ?? null, ...next }
    replace({ with: now.with, q: now.q ?? undefined, class: now.class ?? undefined })
  }
  const { changes, isCut, refreshedAt, otherRefreshedAt } = comparison
  const found = schemaChangeOrder.flatMap((one) =>
    changes.filter((change) => change.class === one && fits(change, q, kind)),
  )
  const count = (one: SchemaChangeClass) => changes.filter((change) => change.class === one).length
  const title = `From ${source.name} to ${other.name}`
  return (
    <>
      <div className={toolbar.toolbar}>
        <SearchField
          id={searchId}
          label="Search differences"
          placeholder="Table, column or type"
          value={q}
          isPending={false}
          onSearch={(text) => show({ q: text })}
        />
        <FilterMenu
          label="Class"
          value={kind}
          options={schemaChangeOrder.map((one) => [one, schemaChangeWords[one], count(one)] as const)}
          choose={(value) => show({ class: value })}
        />
        <CopyText label="Copy as Markdown" text={comparisonMarkdown(title, found)} />
      </div>
      <p className={classes.said}>
        {title}: {plural(found.length, 'difference')}
        {found.length < changes.length && ` of ${formatNumber(changes.length)}`}. “removed” is only in {source.name},
        “added” only in {other.name}.{' '}
        {refreshedAt && otherRefreshedAt && (
          <>
            Read <RelativeTime at={refreshedAt} /> and <RelativeTime at={otherRefreshedAt} />.
          </>
        )}
      </p>
      <section aria-label="Differences" className={classes.list}>
        {found.map((one) => (
          <ObjectChanges key={`${one.type}.${one.schema}.${one.name}`} object={one} />
        ))}
        {found.length === 0 && <p className={changesClasses.note}>No difference fits this search.</p>}
        {isCut && (
          <p className={changesClasses.note}>
            Only the first {formatNumber(changes.length)} are shown; the API has all of them.
          </p>
        )}
      </section>
    </>
  )
}

const fits = (
  { schema, name, class: own, changes }: ChangedObject,
  q: string | undefined,
  kind: SchemaChangeClass | undefined,
) => {
  if (kind !== undefined && own !== kind) return false
  if (q === undefined) return true
  const text = q.toLowerCase()
  const texts = [`${schema}.${name}`, ...changes.flatMap((one) => [one.what, one.name, one.before, one.after])]
  return texts.some((one) => one?.toLowerCase().includes(text))
}
