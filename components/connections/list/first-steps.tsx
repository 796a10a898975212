import { IconClipboardText, IconFileImport, IconLayoutGrid, IconTerminal2 } from '@tabler/icons-react'
import Link from 'next/link'
import { Allowed } from '#components/layout/permissions'
import classes from './empty.module.css'

const ways = [
  {
    href: '/workspace/connections/new?role=source',
    icon: IconLayoutGrid,
    title: 'Choose from the catalog',
    text: 'Pick the system, fill in a short form, and watch the test pass stage by stage.',
  },
  {
    href: '/workspace/connections/new?role=source#paste',
    icon: IconClipboardText,
    title: 'Paste a connection string',
    text: 'A postgresql:// or JDBC URL, a libpq line or a line of .env fills the form for you.',
  },
  {
    href: '/workspace/connections/import',
    icon: IconFileImport,
    title: 'Import them',
    text: 'From Airflow, DBeaver, dbt, .pgpass, .env or CSV files; you see what would be made first.',
  },
  {
    href: '/workspace/api-keys?new',
    icon: IconTerminal2,
    title: 'Script it',
    text: 'Make an API key and POST to /api/connections from a script or your pipeline engine.',
  },
] as const

/** The list before it has anything in it: how to start. */
export const FirstSteps = () => (
  <section className={classes.first} aria-labelledby="first-steps">
    <h2 id="first-steps" className={classes.title}>
      Connect your first system
    </h2>
    <p className={classes.lead}>
      A connection knows where a system is, a credential how to log in. Test both here, then refer to them by id
      everywhere else.
    </p>
    <Allowed
      to="connections:write"
      otherwise={
        <p className={classes.lead}>Your role may look, but not add connections. Ask an owner or a builder.</p>
      }
    >
      <ul className={classes.ways}>
        {ways.map(({ href, icon: Icon, title, text }) => (
          <li key={href}>
            <Link href={href} className={classes.way}>
              <span className={classes.icon}>
                <Icon size={19} stroke={1.6} aria-hidden />
              </span>
              <strong>{title}</strong>
              <span>{text}</span>
            </Link>
          </li>
        ))}
      </ul>
      <p className={classes.lead}>
        A sample shop to look around in comes with Jackfield. If somebody deleted it, it waits under{' '}
        <Link href="/workspace/connections?deleted=true">Deleted</Link>.
      </p>
    </Allowed>
  </section>
)
