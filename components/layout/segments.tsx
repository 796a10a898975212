import classes from './segments.module.css'

interface SegmentsProps<T extends string> {
  /** Names the group; shared by its radio buttons. */
  name: string
  label: string
  options: readonly { value: T; label: string }[]
  value: T
  onChange: (value: T) => void
}

/** A choice of a few, side by side: plain radio buttons, so that it is right in the first paint already. */
export const Segments = <T extends string>({ name, label, options, value, onChange }: SegmentsProps<T>) => (
  <div className={classes.segments} role="radiogroup" aria-label={label}>
    {options.map((option) => (
      <label key={option.value} className={classes.segment}>
        <input
          type="radio"
          name={name}
          className={classes.input}
          checked={option.value === value}
          onChange={() => onChange(option.value)}
        />
        {option.label}
      </label>
    ))}
  </div>
)
