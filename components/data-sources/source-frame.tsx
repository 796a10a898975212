import { IconPencil } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { FormHeader } from '#components/connections/form-header'
import { LinkButton } from '#components/layout/link-button'
import type { ConnectionView } from '#lib/connections/schema'
import classes from './source-frame.module.css'

interface SourceFrameProps {
  connection: Pick<ConnectionView, 'id' | 'name' | 'conn_id' | 'type' | 'environment' | 'summary'>
  /** The connector's name. */
  connector: string
  canEdit: boolean
  children: ReactNode
}

const environmentLabels = { dev: 'Development', staging: 'Staging', prod: 'Production' } as const

/** The page around a data source; one in production wears a red frame on every page that shows its data. */
export const SourceFrame = ({ connection, connector, canEdit, children }: SourceFrameProps) => {
  const { id, name, conn_id, type, environment, summary } = connection
  return (
    <div className={classes.frame} data-environment={environment ?? undefined}>
      <FormHeader
        title={name}
        type={type}
        connector={connector}
        crumbs={[{ label: 'Connections', href: '/workspace/connections' }]}
        subtitle={
          <>
            {environment && (
              <span className={classes.environment} data-environment={environment}>
                {environmentLabels[environment]}
              </span>
            )}
            <code>{conn_id}</code>
            <span className={classes.summary}>{summary}</span>
          </>
        }
      >
        {canEdit && (
          <LinkButton
            href={`/workspace/connections/${id}/edit`}
            variant="default"
            size="sm"
            leftSection={<IconPencil size={15} stroke={1.7} aria-hidden />}
          >
            Edit connection
          </LinkButton>
        )}
      </FormHeader>
      {children}
    </div>
  )
}
