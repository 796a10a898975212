import { ButtonLink } from '#components/layout/button-link'
import { EmptyState } from '#components/layout/empty-state'
import { Allowed } from '#components/layout/permissions'

/** A list with nothing in it: why, and what one can do about it. */
export const CredentialsEmpty = ({ isBin, isNarrowed }: { isBin: boolean; isNarrowed: boolean }) => {
  if (isNarrowed) {
    return (
      <EmptyState
        title="No credential fits these filters"
        action={
          <ButtonLink
            variant="default"
            href={isBin ? '/workspace/credentials?status=deleted' : '/workspace/credentials'}
          >
            Clear the filters
          </ButtonLink>
        }
      >
        Take one of them away, or search for less.
      </EmptyState>
    )
  }
  if (isBin) {
    return (
      <EmptyState title="Nothing is deleted">
        A deleted credential stays here until it is deleted permanently, and can be restored.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title="No credentials yet"
      action={
        <Allowed to="credentials:write">
          <ButtonLink href="/workspace/credentials/new">New credential</ButtonLink>
        </Allowed>
      }
    >
      Type a login on a connection’s form and it is kept here. Or make one first: several connections can share it, and
      its secret is then replaced in one place.
    </EmptyState>
  )
}
