import type { ReactNode } from 'react'
import classes from './facts.module.css'

/** Names and values, one under the other. */
export const Facts = ({ label, facts }: { label: string; facts: readonly (readonly [string, ReactNode])[] }) => (
  <section aria-label={label} className={classes.card}>
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <div key={name} className={classes.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  </section>
)
