import { EmptyState } from '#components/layout/empty-state'

/** For those who may look at the tables of a source and not into them. */
export const NoQueries = () => (
  <EmptyState title="You may not run queries here">
    Your role shows what tables there are, not what is in them. Ask an admin of the workspace for the role of a builder,
    or for access to this data source.
  </EmptyState>
)
