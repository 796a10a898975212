'use client'
import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import dynamic from 'next/dynamic'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { EmptyState } from '#components/layout/empty-state'
import { PageHeader } from '#components/layout/page-header'
import { Allowed } from '#components/layout/permissions'
import type { ApiKeyView } from '#lib/auth/schema'
import { ApiKeysTable } from './api-keys-table.tsx'

const CreateDialog = dynamic(() => import('./create-dialog.tsx').then((module) => module.CreateDialog), { ssr: false })
const RevokeDialog = dynamic(() => import('./revoke-dialog.tsx').then((module) => module.RevokeDialog), { ssr: false })

const path = '/workspace/api-keys'

/** Keys for scripts and pipeline engines. */
export const ApiKeys = ({ keys, startsOpen }: { keys: readonly ApiKeyView[]; startsOpen: boolean }) => {
  const router = useRouter()
  const [isCreating, setCreating] = useState(startsOpen)
  const [revoking, setRevoking] = useState<ApiKeyView>()
  const closeCreate = () => {
    setCreating(false)
    router.replace(path)
    router.refresh()
  }
  const closeRevoke = () => {
    setRevoking(undefined)
    router.refresh()
  }
  const add = (
    <Allowed to="api-keys:write">
      <Button onClick={() => setCreating(true)} leftSection={<IconPlus size={16} stroke={2} aria-hidden />}>
        New API key
      </Button>
    </Allowed>
  )
  return (
    <>
      <PageHeader
        title="API keys"
        lead="For scripts and pipeline engines. A key is shown once, when it is made; only its hash is kept."
        actions={add}
      />
      {keys.length === 0 ? (
        <EmptyState title="No API keys yet">
          Make one with just the scopes a script needs, and send it as <code>Authorization: Bearer …</code>
        </EmptyState>
      ) : (
        <ApiKeysTable keys={keys} onRevoke={setRevoking} />
      )}
      {isCreating && <CreateDialog onClose={closeCreate} />}
      {revoking && <RevokeDialog apiKey={revoking} onClose={closeRevoke} />}
    </>
  )
}
