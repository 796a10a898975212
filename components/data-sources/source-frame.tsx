import { IconPencil } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { FormHeader } from '#components/connections/form-header'
import { EnvironmentBadge } from '#components/layout/badge'
import { ButtonLink } from '#components/layout/button-link'
import { Allowed } from '#components/layout/permissions'
import type { ConnectionView } from '#lib/connections/schema'
import classes from './source-frame.module.css'

interface SourceFrameProps {
  connection: Pick<ConnectionView, 'id' | 'name' | 'conn_id' | 'type' | 'environment' | 'summary'>
  children: ReactNode
}

/** The page around a data source; one in production wears a red frame on every page that shows its data. */
export const SourceFrame = ({ connection, children }: SourceFrameProps) => {
  const { id, name, conn_id, type, environment, summary } = connection
  return (
    <div className={classes.frame} data-environment={environment ?? undefined}>
      <FormHeader
        title={name}
        type={type}
        connector={type}
        crumbs={[{ label: 'Data sources', href: '/workspace/data-sources' }]}
        subtitle={
          <>
            {environment && <EnvironmentBadge environment={environment} />}
            <code>{conn_id}</code>
            <span className={classes.summary}>{summary}</span>
          </>
        }
      >
        <Allowed to="connections:write">
          <ButtonLink
            href={`/workspace/connections/${id}/edit`}
            variant="default"
            size="sm"
            leftSection={<IconPencil size={15} stroke={1.7} aria-hidden />}
          >
            <span className={classes.edit}>Edit connection</span>
          </ButtonLink>
        </Allowed>
      </FormHeader>
      {children}
    </div>
  )
}
