import Link from 'next/link'
import { Fragment } from 'react'
import type { AffectedPipeline } from '#lib/data-sources/schema'

/** Pipelines by name, with the steps that are meant. */
export const PipelineLinks = ({ pipelines }: { pipelines: readonly AffectedPipeline[] }) =>
  pipelines.map(({ key, name, active, steps }, index) => (
    <Fragment key={key}>
      {index > 0 && ', '}
      <Link href={`/workspace/pipelines/${encodeURIComponent(key)}`}>
        <bdi>{name}</bdi>
      </Link>
      {noteOf(active, steps)}
    </Fragment>
  ))

const noteOf = (isActive: boolean, steps: readonly string[]): string => {
  const notes = [...steps, ...(isActive ? [] : ['inactive'])]
  return notes.length > 0 ? ` (${notes.join(', ')})` : ''
}
