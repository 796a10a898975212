import type { ReactNode } from 'react'
import { Logo } from './logo.tsx'
import classes from './message-page.module.css'

interface MessagePageProps {
  title: string
  children: ReactNode
  actions: ReactNode
}

/** A page that has only one thing to say. */
export const MessagePage = ({ title, children, actions }: MessagePageProps) => (
  <div className={classes.page}>
    <Logo size={34} />
    <h1>{title}</h1>
    <p>{children}</p>
    <div className={classes.actions}>{actions}</div>
  </div>
)
