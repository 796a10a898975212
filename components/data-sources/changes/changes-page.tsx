import { IconRoute } from '@tabler/icons-react'
import Link from 'next/link'
import { ButtonLink } from '#components/layout/button-link'
import { EmptyState } from '#components/layout/empty-state'
import { RelativeTime } from '#components/layout/relative-time'
import type { AffectedPipeline, AffectingObject, ObjectName, RefreshView } from '#lib/data-sources/schema'
import { formatNumber } from '#lib/format/number'
import { changesLink, explorerLink } from '../changes-link.ts'
import classes from './changes.module.css'
import { ObjectChanges } from './object-changes.tsx'
import { PipelineLinks } from './pipeline-links.tsx'
import { type Moment, SpanForm } from './span-form.tsx'
import { schemaChangeOrder } from './words.ts'

interface ChangesPageProps {
  source: string
  /** The one thing whose changes are wanted; undefined for all. */
  only: ObjectName | undefined
  /** Refreshes that found something different, the newest first. */
  moments: readonly RefreshView[]
  chosen: string | undefined
  /** Everything that was read, to choose two moments from. */
  readings: readonly Moment[]
  /** Two moments that were chosen instead of a refresh. */
  span: { from: string; to: string } | undefined
  changes: readonly AffectingObject[]
  /** Those that what breaks may concern: they use the source and do not say which of its tables. */
  pipelines: readonly AffectedPipeline[]
  /** There are more of them. */
  isCut: boolean
}

/** When the schema changed, and how: what can break somebody first. */
export const ChangesPage = (props: ChangesPageProps) => {
  const { source, only, moments, chosen, readings, span, changes, pipelines, isCut } = props
  if (moments.length === 0 && only) return <NoneOf thing={only} source={source} />
  if (moments.length === 0) {
    return (
      <div className={classes.page}>
        <EmptyState title="No changes yet">
          Each refresh is compared with the one before. What is added, changed or gone from then on stands here, with
          what it can break. Refreshes run by hand or by the schedule under Configuration.
        </EmptyState>
      </div>
    )
  }
  const sorted = schemaChangeOrder.flatMap((kind) => changes.filter((one) => one.class === kind))
  return (
    <div className={classes.split}>
      <div className={classes.moments}>
        {only && <OnlyOf thing={only} source={source} />}
        <SpanForm
          key={`${span?.from} ${span?.to}`}
          source={source}
          only={only}
          moments={readings}
          from={span?.from}
          to={span?.to}
        />
        <ButtonLink href={`/workspace/data-sources/${source}/comparison`} variant="default" size="xs" fullWidth>
          Compare with another source
        </ButtonLink>
        <nav aria-label="Moments">
          {moments.map(({ id, started_at, added, changed, removed }) => (
            <Link
              key={id}
              className={classes.moment}
              href={changesLink(source, only, { refresh: id })}
              aria-current={id === chosen ? 'true' : undefined}
            >
              {started_at && <RelativeTime at={started_at} />}
              {!only && <span className={classes.counts}>{countsOf({ added, changed, removed })}</span>}
            </Link>
          ))}
        </nav>
      </div>
      <section aria-label="Changes" className={classes.changes}>
        {pipelines.length > 0 && (
          <p className={classes.affected}>
            <IconRoute size={15} stroke={1.7} aria-hidden />
            <span>
              {pipelines.length === 1 ? 'One pipeline uses' : `${formatNumber(pipelines.length)} pipelines use`} this
              source without naming tables: <PipelineLinks pipelines={pipelines} />
            </span>
          </p>
        )}
        {span && sorted.length === 0 && <p className={classes.note}>Nothing is different between these two moments.</p>}
        {sorted.map((one) => (
          <ObjectChanges
            key={`${one.type}.${one.schema}.${one.name}`}
            object={one}
            pipelines={one.pipelines}
            href={isGone(one) ? undefined : explorerLink(source, one)}
          />
        ))}
        {isCut && (
          <p className={classes.note}>
            Only the first {formatNumber(changes.length)} are shown; the API has all of them.
          </p>
        )}
      </section>
    </div>
  )
}

interface OfThingProps {
  thing: ObjectName
  source: string
}

/** What the page is narrowed to, and the way out. */
const OnlyOf = ({ thing, source }: OfThingProps) => (
  <div className={classes.only}>
    <span className={classes.counts}>Changes of</span>
    <Link href={explorerLink(source, thing)}>
      <bdi>
        {thing.schema}.{thing.name}
      </bdi>
    </Link>
    <ButtonLink href={changesLink(source, undefined)} variant="default" size="xs" fullWidth>
      Show all changes
    </ButtonLink>
  </div>
)

const NoneOf = ({ thing, source }: OfThingProps) => (
  <div className={classes.page}>
    <EmptyState
      title={`No changes of ${thing.schema}.${thing.name} yet`}
      action={
        <ButtonLink href={changesLink(source, undefined)} variant="default">
          Show all changes
        </ButtonLink>
      }
    >
      No refresh has found it different from the one before.
    </EmptyState>
  </div>
)

const isGone = ({ changes }: AffectingObject): boolean =>
  changes.some(({ what, name }) => what === 'removed' && name === null)

const countsOf = ({ added, changed, removed }: Pick<RefreshView, 'added' | 'changed' | 'removed'>): string =>
  [
    removed > 0 && `${formatNumber(removed)} gone`,
    changed > 0 && `${formatNumber(changed)} changed`,
    added > 0 && `${formatNumber(added)} new`,
  ]
    .filter(Boolean)
    .join(' · ')
