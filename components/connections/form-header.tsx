import { IconChevronRight } from '@tabler/icons-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { ConnectorLogo } from '#components/connectors/connector-logo'
import classes from './form-header.module.css'

interface FormHeaderProps {
  title: string
  /** Pages above this one. */
  crumbs: readonly { label: string; href: string }[]
  subtitle?: ReactNode
  /** Connector whose logo stands beside the title. */
  type?: string
  connector?: string
  /** Buttons at the right. */
  children?: ReactNode
}

/** Where one is, what this is, and what can be done with all of it. */
export const FormHeader = ({ title, crumbs, subtitle, type, connector, children }: FormHeaderProps) => (
  <header className={classes.header}>
    <nav aria-label="Breadcrumb">
      <ol className={classes.crumbs}>
        {crumbs.map(({ label, href }, index) => (
          <li key={href}>
            {index > 0 && <IconChevronRight size={13} aria-hidden />}
            <Link href={href}>{label}</Link>
          </li>
        ))}
      </ol>
    </nav>
    <div className={classes.row}>
      {type !== undefined && <ConnectorLogo type={type} name={connector ?? title} size={36} />}
      <div className={classes.text}>
        <h1>{title}</h1>
        {subtitle && <div className={classes.subtitle}>{subtitle}</div>}
      </div>
      {children && <div className={classes.actions}>{children}</div>}
    </div>
  </header>
)
