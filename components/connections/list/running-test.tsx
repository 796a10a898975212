import { stages as stageWords, type TestStage } from '#lib/connectors/contract'
import classes from './status-cell.module.css'

/** What a test does right now, and how far it is. */
export const RunningTest = ({ stages }: { stages: readonly TestStage[] }) => {
  const current = stages.findLast(({ status }) => status === 'running') ?? stages.at(-1)
  return (
    <>
      <span className={classes.line} data-state="running">
        <span className={classes.words}>{current ? stageWords[current.name].doing : 'Starting'}…</span>
      </span>
      <span className={classes.track} aria-hidden>
        {stages.map(({ name, status }) => (
          <span key={name} data-state={status} />
        ))}
      </span>
    </>
  )
}
