import { Badge } from '#components/layout/badge'
import { RelativeTime } from '#components/layout/relative-time'
import type { RotationView } from '#lib/rotations/schema'
import classes from './rotation.module.css'

/** The rotations that ended, the newest first. */
export const RotationHistory = ({ rotations }: { rotations: readonly RotationView[] }) => (
  <ul className={classes.history} aria-label="Earlier rotations">
    {rotations.map((rotation) => (
      <li key={rotation.id}>
        <Badge tone={tones[rotation.state] ?? 'neutral'}>{words[rotation.state] ?? rotation.state}</Badge>
        <span>
          Version {rotation.from_version} → {rotation.to_version}
        </span>
        <span className={classes.dim}>
          {rotation.progress.total === 0
            ? 'Nothing to test'
            : `${passed(rotation)} of ${rotation.progress.total} passed`}
        </span>
        {rotation.reason && <span className={classes.dim}>{rotation.reason}</span>}
        <RelativeTime at={rotation.finished_at ?? rotation.created_at} className={classes.dim ?? ''} />
      </li>
    ))}
  </ul>
)

const passed = ({ progress: { done, failed } }: RotationView): number => done - failed

const words: Partial<Record<RotationView['state'], string>> = {
  finished: 'Finished',
  rolled_back: 'Rolled back',
  cancelled: 'Cancelled',
}

const tones: Partial<Record<RotationView['state'], 'success' | 'warning' | 'neutral'>> = {
  finished: 'success',
  rolled_back: 'warning',
}
