import type { ReactNode } from 'react'
import classes from './badge.module.css'

type Tone = 'neutral' | 'accent' | 'success' | 'warning' | 'danger'

/** A word in a quiet box. */
export const Badge = ({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) => (
  <span className={classes.badge} data-tone={tone}>
    {children}
  </span>
)

const environmentTones = { prod: 'danger', staging: 'warning', dev: 'neutral' } as const

/** Production stands out everywhere, because mistakes there do. */
export const EnvironmentBadge = ({ environment }: { environment: string | null }) =>
  environment === null ? (
    <span className={classes.none}>—</span>
  ) : (
    <Badge tone={environmentTones[environment as keyof typeof environmentTones] ?? 'neutral'}>{environment}</Badge>
  )
