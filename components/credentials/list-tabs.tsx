import Link from 'next/link'
import list from '../connections/list/list.module.css'

const tabs = [
  { id: 'all', label: 'All', href: '/workspace/credentials' },
  { id: 'review', label: 'Review', href: '/workspace/credentials/review' },
  { id: 'deleted', label: 'Deleted', href: '/workspace/credentials?status=deleted' },
] as const

/** The list, the quarterly review, and the bin. */
export const CredentialTabs = ({ current }: { current: (typeof tabs)[number]['id'] }) => (
  <nav aria-label="Which credentials" className={list.tabs}>
    {tabs.map(({ id, label, href }) => (
      <Link key={id} href={href} className={list.tab} aria-current={id === current ? 'page' : undefined}>
        {label}
      </Link>
    ))}
  </nav>
)
