import type { ReactNode } from 'react'
import classes from './connection-form.module.css'

interface FormSectionProps {
  title: string
  /** One line under the title; steps aside for the help of the field that has focus. */
  intro?: ReactNode
  children: ReactNode
}

/** A group of fields: its title at the left, where the help of the focused field appears too. */
export const FormSection = ({ title, intro, children }: FormSectionProps) => (
  <section className={classes.section}>
    <div className={classes.aside}>
      <h2 className={classes.title}>{title}</h2>
      {intro && <p className={classes.intro}>{intro}</p>}
    </div>
    <div className={classes.fields}>{children}</div>
  </section>
)

interface FormCellProps {
  /** Columns of 12. */
  span?: number | undefined
  help?: ReactNode
  /** Ties the help to its field for screen readers. */
  helpId?: string
  children: ReactNode
}

/** One field with its help, which shows beside it while it has focus. */
export const FormCell = ({ span = 12, help, helpId, children }: FormCellProps) => (
  <div className={classes.cell} data-span={span}>
    {help && (
      <p className={classes.help} {...(helpId && { id: helpId })}>
        {help}
      </p>
    )}
    {children}
  </div>
)
