import explorer from '../data-sources/explorer.module.css'
import classes from './queries.module.css'

/** Where the tables will be. */
export const TreeSkeleton = () => (
  <div className={classes.treeWaiting} aria-busy role="status" aria-label="Reading the tables">
    {[72, 54, 63, 48, 70, 58].map((width) => (
      <div key={width} className={explorer.bone} style={{ width: `${width}%` }} />
    ))}
  </div>
)
