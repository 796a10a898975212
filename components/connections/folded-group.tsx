import { type ReactNode, useState } from 'react'
import classes from './connection-form.module.css'

interface FoldedGroupProps {
  title: string
  /** What the fields are for, beside the title. */
  hint?: string
  /** Something is in it already. */
  isUsed: boolean
  hasError: boolean
  children: ReactNode
}

/** Fields most people do not need: closed until somebody opens it, something is in it, or something in it is wrong. */
export const FoldedGroup = ({ title, hint, isUsed, hasError, children }: FoldedGroupProps) => {
  const [isOpen, setOpen] = useState(isUsed)
  return (
    <details
      className={classes.folded}
      open={isOpen || hasError}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        {title}
        {hint && <span className={classes.foldedHint}>{hint}</span>}
      </summary>
      <div className={classes.fields}>{children}</div>
    </details>
  )
}
