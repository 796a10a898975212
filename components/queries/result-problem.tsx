import { Button } from '@mantine/core'
import { ApiError } from '#lib/client/problem'
import { VisibleText } from './grid/cell-view.tsx'
import classes from './results.module.css'

interface ResultProblemProps {
  problem: Error
  onGoTo: ((position: number) => void) | undefined
}

/** Why the statement gave no result, or no whole one, and where in it to look. */
export const ResultProblem = ({ problem, onGoTo }: ResultProblemProps) => {
  const { position, sqlstate, hint } = problem instanceof ApiError ? problem.problem : {}
  return (
    <div role="alert" className={classes.problem}>
      <p className={classes.sentence}>
        <VisibleText text={problem.message} length={2_000} />
      </p>
      {hint !== undefined && (
        <p>
          <VisibleText text={hint} length={2_000} />
        </p>
      )}
      {(sqlstate !== undefined || position !== undefined) && (
        <div className={classes.problemFoot}>
          {sqlstate !== undefined && <code>Code {sqlstate}</code>}
          {position !== undefined && onGoTo && (
            <Button size="xs" variant="default" onClick={() => onGoTo(position)}>
              Go to the place
            </Button>
          )}
        </div>
      )}
    </div>
  )
}
