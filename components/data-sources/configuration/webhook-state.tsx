import { Badge } from '#components/layout/badge'
import { RelativeTime } from '#components/layout/relative-time'
import type { WebhookView } from '#lib/data-sources/webhook'
import classes from './configuration.module.css'

/** Whether what is sent arrives. */
export const WebhookState = ({ webhook: { enabled, last_error, last_sent_at } }: { webhook: WebhookView }) => {
  if (!enabled) return <p className={classes.state}>{<Badge>Switched off</Badge>}</p>
  return (
    <p className={classes.state}>
      <Badge tone={last_error ? 'danger' : 'success'}>{last_error ? 'Failing' : 'On'}</Badge>
      <span>
        {last_error ??
          (last_sent_at ? (
            <>
              Sent <RelativeTime at={last_sent_at} />
            </>
          ) : (
            'Nothing was sent yet.'
          ))}
      </span>
    </p>
  )
}
