import { ButtonLink } from './button-link.tsx'
import { MessagePage } from './message-page.tsx'

export const NotFoundPage = () => (
  <MessagePage
    title="There is nothing here"
    actions={<ButtonLink href="/workspace/connections">Go to the connections</ButtonLink>}
  >
    The address may be mistyped, or what it named was deleted.
  </MessagePage>
)
