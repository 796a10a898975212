import type { ConnectionView } from '#lib/connections/schema'
import type { FormField } from '#lib/connectors/catalog'
import { settingAt } from './form-values.ts'
import { SavedElsewhere } from './saved-elsewhere.tsx'

interface ConflictNoticeProps {
  mine: ConnectionView
  theirs: ConnectionView
  fields: readonly FormField[]
  onLoad: () => void
  onKeep: () => void
}

/** Somebody else saved in between: says what they changed. */
export const ConflictNotice = ({ mine, theirs, fields, onLoad, onKeep }: ConflictNoticeProps) => (
  <SavedElsewhere
    what="connection"
    at={theirs.updated_at}
    changed={changedLabels(mine, theirs, fields)}
    onLoad={onLoad}
    onKeep={onKeep}
  />
)

const changedLabels = (mine: ConnectionView, theirs: ConnectionView, fields: readonly FormField[]): string[] => {
  const differs = (a: unknown, b: unknown) => JSON.stringify(a ?? null) !== JSON.stringify(b ?? null)
  const own: [string, unknown, unknown][] = [
    ['name', mine.name, theirs.name],
    ['id', mine.conn_id, theirs.conn_id],
    ['role', mine.role, theirs.role],
    ['environment', mine.environment, theirs.environment],
    ['tags', mine.tags, theirs.tags],
    ['description', mine.description, theirs.description],
    ['credential', mine.credential?.secret?.version, theirs.credential?.secret?.version],
  ]
  return [
    ...own.filter(([, a, b]) => differs(a, b)).map(([label]) => label),
    ...fields
      .filter(({ name }) => differs(settingAt(mine.config, name), settingAt(theirs.config, name)))
      .map(({ label }) => label),
  ]
}
