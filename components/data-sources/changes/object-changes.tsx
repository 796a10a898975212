import { IconRoute } from '@tabler/icons-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { Badge } from '#components/layout/badge'
import type { AffectedPipeline, ChangedObject, SchemaChangeClass } from '#lib/data-sources/schema'
import { plural } from '#lib/format/number'
import classes from './changes.module.css'
import { PipelineLinks } from './pipeline-links.tsx'
import { schemaChangeWords } from './words.ts'

interface ObjectChangesProps {
  object: ChangedObject
  /** Those that name it and that it can break. */
  pipelines?: readonly AffectedPipeline[]
  /** Where it is shown, if it is still there. */
  href?: string | undefined
}

/** What is different about one thing. */
export const ObjectChanges = ({ object, pipelines = [], href }: ObjectChangesProps) => {
  const { type, schema, name, class: kind, changes } = object
  return (
    <article className={classes.object} aria-label={`${schema}.${name}`}>
      <header>
        <ChangeBadge kind={kind} />
        <h2>
          <ObjectTitle href={href}>
            {schema}.{name}
          </ObjectTitle>
        </h2>
        <span className={classes.type}>{type === 'relation' ? plural(changes.length, 'change') : type}</span>
      </header>
      <ul>
        {changes.map((one) => (
          <li key={`${one.what} ${one.name ?? ''}`} data-class={one.class}>
            <span className={classes.what}>
              {one.what}
              {one.name !== null && (
                <>
                  {' '}
                  <code>{one.name}</code>
                </>
              )}
            </span>
            <Values before={one.before} after={one.after} />
          </li>
        ))}
      </ul>
      {pipelines.length > 0 && (
        <p className={classes.affected}>
          <IconRoute size={15} stroke={1.7} aria-hidden />
          <span>
            Used by <PipelineLinks pipelines={pipelines} />
          </span>
        </p>
      )}
    </article>
  )
}

const ObjectTitle = ({ href, children }: { href: string | undefined; children: ReactNode }) => {
  const title = <bdi>{children}</bdi>
  return href === undefined ? title : <Link href={href}>{title}</Link>
}

const Values = ({ before, after }: { before: string | null; after: string | null }) => {
  if (before === null && after === null) return null
  const isLong = isText(before?.trim() ?? '', after?.trim() ?? '')
  return (
    <span className={classes.values} data-long={isLong || undefined}>
      {before !== null && <del>{before.trim()}</del>}
      {!isLong && before !== null && after !== null && <span aria-hidden> → </span>}
      {after !== null && <ins>{after.trim()}</ins>}
    </span>
  )
}

/** Bodies of routines and views are read one under the other, in their own lines. */
const isText = (...values: string[]): boolean => values.join('').length > 80 || values.join('').includes('\n')

const tones = { breaking: 'danger', additive: 'success', neutral: 'neutral' } as const

const ChangeBadge = ({ kind }: { kind: SchemaChangeClass }) => (
  <Badge tone={tones[kind]}>{schemaChangeWords[kind]}</Badge>
)
