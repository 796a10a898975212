import { Badge } from '#components/layout/badge'
import { RelativeTime } from '#components/layout/relative-time'
import { type Column, Table } from '#components/layout/table'
import type { CredentialVersionView } from '#lib/credentials/schema'
import classes from '../layout/table.module.css'

/** Every secret there ever was, as facts. */
export const VersionsTable = ({ versions }: { versions: readonly CredentialVersionView[] }) => (
  <Table label="Versions" columns={columns}>
    {versions.map(({ version, state, created_at, destroyed_at, fingerprint }) => (
      <tr key={version} className={classes.row}>
        <td className={classes.number}>{version}</td>
        <td>
          <Badge tone={tones[state]}>{words[state]}</Badge>
        </td>
        <td className={classes.dim}>
          <RelativeTime at={created_at} />
          {destroyed_at && (
            <>
              , destroyed <RelativeTime at={destroyed_at} />
            </>
          )}
        </td>
        <td className={classes.mono} data-from={54}>
          {fingerprint || '—'}
        </td>
      </tr>
    ))}
  </Table>
)

const tones = { current: 'success', staged: 'accent', previous: 'neutral', destroyed: 'neutral' } as const
const words = { current: 'Current', staged: 'Being tested', previous: 'Previous', destroyed: 'Destroyed' } as const
const columns: Column[] = ['Version', 'State', 'Stored', { title: 'Fingerprint', from: 54 }]
