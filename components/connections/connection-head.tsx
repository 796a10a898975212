import type { ConnectionView } from '#lib/connections/schema'
import { FormHeader } from './form-header.tsx'

type ConnectionHeadProps = Pick<ConnectionView, 'id' | 'name' | 'type' | 'summary'>

/** Heads a page about a connection, with the way back to it. */
export const ConnectionHead = ({ id, name, type, summary }: ConnectionHeadProps) => (
  <FormHeader
    type={type}
    title={name}
    subtitle={summary}
    crumbs={[
      { label: 'Connections', href: '/workspace/connections' },
      { label: name, href: `/workspace/connections/${id}/edit` },
    ]}
  />
)
