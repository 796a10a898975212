import classes from './explorer.module.css'

const widths = [62, 48, 71, 55, 80, 44, 66, 58, 73, 50, 61, 46] as const

/** The shape of the tree and the detail while the source is being asked. */
export const ExplorerSkeleton = ({ label = 'Reading the schemas' }: { label?: string }) => (
  <div className={classes.skeleton} role="status" aria-label={label}>
    <ListBones />
    <DetailSkeleton />
  </div>
)

/** The shape of a list while it is on its way. */
export const ListSkeleton = () => (
  <div role="status" aria-label="Reading the folder">
    <ListBones />
  </div>
)

const ListBones = () => (
  <div className={classes.skeletonTree}>
    <span className={classes.bone} style={{ height: '2rem' }} />
    {widths.map((width) => (
      <span key={width} className={classes.bone} style={{ width: `${width}%` }} />
    ))}
  </div>
)

/** The shape of a table's detail while it is on its way. */
export const DetailSkeleton = () => (
  <div className={classes.skeletonDetail}>
    <span className={classes.bone} style={{ width: '14rem', height: '1.25rem' }} />
    <span className={classes.bone} style={{ width: '22rem' }} />
    {widths.slice(0, 8).map((width) => (
      <span key={width} className={classes.bone} style={{ width: `${width}%` }} />
    ))}
  </div>
)
