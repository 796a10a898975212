import { Tabs } from '#components/layout/tabs'

const tabs = [
  { id: 'all', label: 'All', href: '/workspace/credentials' },
  { id: 'review', label: 'Review', href: '/workspace/credentials/review' },
  { id: 'deleted', label: 'Deleted', href: '/workspace/credentials?status=deleted', isApart: true },
] as const

/** The list, the quarterly review, and the bin. */
export const CredentialTabs = ({ current }: { current: (typeof tabs)[number]['id'] }) => (
  <Tabs label="Which credentials" tabs={tabs.map((tab) => ({ ...tab, isCurrent: tab.id === current }))} />
)
