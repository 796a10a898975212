import { Button } from '@mantine/core'
import { ApiError } from '#lib/client/problem'
import { VisibleText } from './grid/cell-view.tsx'
import classes from './results.module.css'

/** Where in the text of the editor an error is. */
export interface ProblemPlace {
  /** From 1. */
  line: number
  show(): void
}

interface ResultProblemProps {
  problem: Error
  placeOf: ((position: number) => ProblemPlace) | undefined
}

/** Why the statement gave no result, or no whole one, and where in it to look. */
export const ResultProblem = ({ problem, placeOf }: ResultProblemProps) => {
  const { position, sqlstate, hint } = problem instanceof ApiError ? problem.problem : {}
  const place = position === undefined ? undefined : placeOf?.(position)
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
      {(sqlstate !== undefined || place) && (
        <div className={classes.problemFoot}>
          {sqlstate !== undefined && <code>Code {sqlstate}</code>}
          {place && (
            <Button size="xs" variant="default" onClick={() => place.show()}>
              Go to line {place.line}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}
