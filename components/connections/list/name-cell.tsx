import Link from 'next/link'
import { ConnectorLogo } from '#components/connectors/connector-logo'
import { Marked } from '#components/layout/marked'
import type { ConnectionView } from '#lib/connections/schema'
import table from '../../layout/table.module.css'
import classes from './list.module.css'
import { useListContext } from './list-context.ts'

/** What a row is known by: logo, name and slug; its tags too, unless they have a column of their own. */
export const NameCell = ({ connection }: { connection: ConnectionView }) => {
  const { id, name, type, conn_id, tags, deleted_at } = connection
  const { connectors, settings, searched } = useListContext()
  const label = connectors[type]?.name ?? type
  const marked = <Marked text={name} q={searched} />
  return (
    <div className={table.identity}>
      <span title={label}>
        <ConnectorLogo type={type} name={label} size={settings.density === 'compact' ? 20 : 30} />
      </span>
      <div className={`${table.names} ${classes.names}`}>
        {deleted_at === null ? (
          <Link
            className={classes.name}
            href={`/workspace/connections/${id}/edit`}
            prefetch={false}
            data-row-link={id}
            title={name}
          >
            {marked}
          </Link>
        ) : (
          <span className={classes.name}>{marked}</span>
        )}
        <span className={classes.under}>
          <code className={classes.slug}>
            <Marked text={conn_id} q={searched} />
          </code>
          {!settings.columns.includes('tags') && <Tags tags={tags} most={2} />}
        </span>
      </div>
    </div>
  )
}

/** The first few tags, and how many more there are. */
export const Tags = ({ tags, most }: { tags: readonly string[]; most: number }) => {
  const { searched } = useListContext()
  return (
    <>
      {tags.slice(0, most).map((tag) => (
        <span key={tag} className={classes.tag}>
          <Marked text={tag} q={searched} />
        </span>
      ))}
      {tags.length > most && (
        <span className={classes.tag} title={tags.slice(most).join(', ')}>
          +{tags.length - most}
        </span>
      )}
    </>
  )
}
