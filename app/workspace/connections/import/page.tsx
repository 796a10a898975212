import type { Metadata } from 'next'
import { ImportPage } from '#components/connections/import/import-page'
import { pageActor } from '#lib/auth/page'

export const metadata: Metadata = { title: 'Import connections' }

export default async function Page() {
  await pageActor()
  return <ImportPage />
}
