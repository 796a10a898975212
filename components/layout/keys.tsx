import classes from './keys.module.css'

/** Keys of a keyboard, as they are printed on it. */
export const Keys = ({ keys }: { keys: readonly string[] }) => (
  <span className={classes.keys} aria-hidden>
    {keys.map((key) => (
      <kbd key={key} className={classes.key}>
        {key}
      </kbd>
    ))}
  </span>
)
