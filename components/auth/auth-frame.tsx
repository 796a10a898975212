import type { ReactNode } from 'react'
import { Logo } from '#components/layout/logo'
import classes from './auth-frame.module.css'

/** The two pages before the workspace: the form, and beside it the panel that gave the product its name. */
export const AuthFrame = ({ title, lead, children }: { title: string; lead: string; children: ReactNode }) => (
  <div className={classes.frame}>
    <main className={classes.side}>
      <div className={classes.brand}>
        <Logo size={26} />
        Jackfield
      </div>
      <div className={classes.form}>
        <h1 className={classes.title}>{title}</h1>
        <p className={classes.lead}>{lead}</p>
        {children}
      </div>
      <p className={classes.foot}>Secrets are sealed with a key that stays on this machine.</p>
    </main>
    <svg className={classes.panel} viewBox="0 0 640 900" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <defs>
        <pattern id="jacks" width="64" height="64" patternUnits="userSpaceOnUse">
          <circle cx="32" cy="32" r="9" className={classes.rim} />
          <circle cx="32" cy="32" r="4" className={classes.hole} />
        </pattern>
      </defs>
      <rect width="640" height="900" fill="url(#jacks)" />
      {cords.map(({ from, to, look }) => (
        <g key={`${from}`} className={classes[look]}>
          <path d={cordPath(from, to)} className={classes.shade} />
          <path d={cordPath(from, to)} className={classes.cord} />
          <circle cx={from[0]} cy={from[1]} r="11" className={classes.plug} />
          <circle cx={to[0]} cy={to[1]} r="11" className={classes.plug} />
        </g>
      ))}
    </svg>
  </div>
)

type Point = readonly [x: number, y: number]

// Centres of jacks: 32 + 64 n.
const cords: { from: Point; to: Point; look: 'brass' | 'cobalt' | 'pale' }[] = [
  { from: [96, 160], to: [480, 288], look: 'brass' },
  { from: [224, 96], to: [416, 352], look: 'cobalt' },
  { from: [96, 416], to: [416, 544], look: 'pale' },
  { from: [544, 416], to: [288, 672], look: 'brass' },
]

// A cord hangs: both ends leave downwards.
const cordPath = ([x1, y1]: Point, [x2, y2]: Point): string => {
  const sag = 70 + Math.abs(x2 - x1) * 0.22
  return `M${x1} ${y1}C${x1} ${y1 + sag} ${x2} ${y2 + sag} ${x2} ${y2}`
}
