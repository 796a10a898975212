import type { Metadata } from 'next'
import { SettingsPage } from '#components/settings/settings-page'
import { pageActor } from '#lib/auth/page'
import { getWorkspace } from '#lib/workspaces/operations'

export const metadata: Metadata = { title: 'Settings' }

export default async function Page() {
  return <SettingsPage {...(await getWorkspace(await pageActor(), {}))} />
}
