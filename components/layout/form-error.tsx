import type { ReactNode } from 'react'
import classes from './form.module.css'

/** Why the form or the dialog did not do it; nothing while there is nothing to say. */
export const FormError = ({ children }: { children: ReactNode }) =>
  children ? (
    <p role="alert" className={classes.error}>
      {children}
    </p>
  ) : null
