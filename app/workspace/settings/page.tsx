import type { Metadata } from 'next'
import { SettingsPage } from '#components/settings/settings-page'
import { pageActor } from '#lib/auth/page'
import { isAllowed } from '#lib/auth/permissions'
import { listKeys } from '#lib/keys/operations'
import { getWorkspace } from '#lib/workspaces/operations'

export const metadata: Metadata = { title: 'Settings' }

export default async function Page() {
  const actor = await pageActor()
  const [workspace, keyList] = await Promise.all([
    getWorkspace(actor, {}),
    // Without the engine the page still says what is wrong; the list is then asked for again from the browser.
    isAllowed(actor.role, 'keys:read') ? listKeys(actor, {}).catch(() => undefined) : undefined,
  ])
  return <SettingsPage {...workspace} keyList={keyList} />
}
