import type { ReactNode } from 'react'
import { KeyBanner } from '#components/layout/key-banner'
import { Shell } from '#components/layout/shell'
import { pageActor } from '#lib/auth/page'
import { getWorkspace } from '#lib/workspaces/operations'

export default async function WorkspaceLayout({ children }: { children: ReactNode }) {
  const { workspace, user, permissions, keys } = await getWorkspace(await pageActor(), {})
  return (
    <Shell workspace={workspace} user={user} permissions={permissions} banner={<KeyBanner keys={keys} />}>
      {children}
    </Shell>
  )
}
