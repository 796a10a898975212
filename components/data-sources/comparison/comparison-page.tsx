'use client'
import { NativeSelect } from '@mantine/core'
import { IconArrowsExchange } from '@tabler/icons-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { ButtonLink } from '#components/layout/button-link'
import { EmptyState } from '#components/layout/empty-state'
import { withQuery } from '#lib/client/api'
import type { ChangedObject } from '#lib/data-sources/schema'
import side from '../side-page.module.css'
import classes from './comparison.module.css'
import { Differences } from './differences.tsx'

export interface ComparedSource {
  id: string
  name: string
  environment: string | null
}

export interface Comparison {
  changes: readonly ChangedObject[]
  /** There are more of them. */
  isCut: boolean
  /** When this source, and when the other one, was read last. */
  refreshedAt: string | null
  otherRefreshedAt: string | null
}

interface ComparisonPageProps {
  source: ComparedSource
  /** Sources of the same kind that this person may read. */
  others: readonly ComparedSource[]
  chosen: ComparedSource | undefined
  comparison: Comparison | undefined
  /** Why there is none, in words. */
  problem: string | undefined
}

/** What one source holds and another does not, such as development and production. */
export const ComparisonPage = ({ source, others, chosen, comparison, problem }: ComparisonPageProps) => {
  const router = useRouter()
  const here = `/workspace/data-sources/${source.id}/comparison`
  if (others.length === 0 && !chosen) {
    return (
      <div className={side.page}>
        <EmptyState title="Nothing to compare with">
          There is no other source of the same kind that you may look into. Add one, such as the same database in
          another environment. <Link href="/workspace/connections/new?role=source">Add a source</Link>
        </EmptyState>
      </div>
    )
  }
  const listed = chosen && !others.some(({ id }) => id === chosen.id) ? [chosen, ...others] : others
  return (
    <div className={side.page}>
      <div className={classes.choice}>
        <NativeSelect
          label={`Compare ${source.name} with`}
          value={chosen?.id ?? ''}
          onChange={({ currentTarget: { value } }) => router.push(withQuery(here, { with: value || undefined }))}
          data={[
            { value: '', label: 'Choose a source' },
            ...listed.map((one) => ({ value: one.id, label: labelOf(one) })),
          ]}
        />
        {chosen && (
          <ButtonLink
            href={withQuery(`/workspace/data-sources/${chosen.id}/comparison`, { with: source.id })}
            variant="default"
            leftSection={<IconArrowsExchange size={15} stroke={1.7} aria-hidden />}
          >
            The other way round
          </ButtonLink>
        )}
      </div>
      {!chosen && (
        <p className={classes.hint}>
          Lays side by side what both hold, as their last refreshes saw it: tables, columns, keys, routines and types.
          Sources of the same kind are listed.
        </p>
      )}
      {problem !== undefined && <EmptyState title="They cannot be compared">{problem}</EmptyState>}
      {chosen && comparison && <Compared source={source} other={chosen} comparison={comparison} />}
    </div>
  )
}

const Compared = ({
  source,
  other,
  comparison,
}: {
  source: ComparedSource
  other: ComparedSource
  comparison: Comparison
}) => {
  const { refreshedAt, otherRefreshedAt, changes } = comparison
  const unread = refreshedAt === null ? source : otherRefreshedAt === null ? other : undefined
  if (unread) {
    return (
      <EmptyState
        title={`${unread.name} was never read`}
        action={
          <ButtonLink href={`/workspace/data-sources/${unread.id}/configuration`}>Refresh {unread.name}</ButtonLink>
        }
      >
        Its tables are not known, or it leads somewhere else since they were read. Refresh it, and compare again.
      </EmptyState>
    )
  }
  if (changes.length === 0) {
    return (
      <EmptyState title="They are the same">
        {source.name} and {other.name} hold the same tables, columns, keys and types, as their last refreshes saw them.
      </EmptyState>
    )
  }
  return <Differences source={source} other={other} comparison={comparison} />
}

const labelOf = ({ name, environment }: ComparedSource): string => (environment ? `${name} (${environment})` : name)
