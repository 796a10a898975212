'use client'
import { Button } from '@mantine/core'
import { ButtonLink } from './button-link.tsx'
import { MessagePage } from './message-page.tsx'

interface ErrorPageProps {
  error: Error & { digest?: string }
  reset(): void
}

/** A page that failed on our side. What happened stays in the server's log; the reference finds it there. */
export const ErrorPage = ({ error, reset }: ErrorPageProps) => {
  return (
    <MessagePage
      title="This page could not be shown"
      actions={
        <>
          <Button onClick={reset}>Try again</Button>
          <ButtonLink variant="default" href="/workspace/connections">
            Go to the connections
          </ButtonLink>
        </>
      }
    >
      Something went wrong on our side; nothing you saved is lost.
      {error.digest && (
        <>
          {' '}
          Reference <code>{error.digest}</code>
        </>
      )}
    </MessagePage>
  )
}
