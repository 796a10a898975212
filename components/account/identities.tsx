'use client'
import { Button } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Badge } from '#components/layout/badge'
import { FormError } from '#components/layout/form-error'
import { QuestionDialog } from '#components/layout/question-dialog'
import { RelativeTime } from '#components/layout/relative-time'
import { actionsColumn, Table } from '#components/layout/table'
import type { IdentityView } from '#lib/auth/schema'
import { callApi } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import { providerAddress } from '../auth/provider-address.ts'
import table from '../layout/table.module.css'
import classes from './account.module.css'

interface IdentitiesProps {
  identities: readonly IdentityView[]
  provider: string | undefined
  hasPassword: boolean
  refusal: string | undefined
}

/** The accounts elsewhere that open this one. */
export const Identities = ({ identities, provider, hasPassword, refusal }: IdentitiesProps) => {
  const [unlinking, setUnlinking] = useState<IdentityView>()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState(refusal)
  const link = async () => {
    setBusy(true)
    setError(undefined)
    try {
      window.location.assign(await providerAddress('link'))
    } catch (problem) {
      setError(sentenceOf(problem))
      setBusy(false)
    }
  }
  const isOnlyWay = ({ usable }: IdentityView) =>
    !hasPassword && usable && identities.filter((one) => one.usable).length === 1
  return (
    <section aria-labelledby="identities" className={classes.panel}>
      <h2 id="identities">Linked accounts</h2>
      <FormError>{error}</FormError>
      {identities.length === 0 ? (
        <p className={classes.none}>None yet. Link one to sign in with it instead of your password.</p>
      ) : (
        <Table label="Linked accounts" columns={['Account', 'Linked', actionsColumn]}>
          {identities.map((identity) => (
            <tr key={identity.id} className={table.row}>
              <td className={table.main}>
                <span className={table.name}>
                  {identity.email ?? 'Without an address'}{' '}
                  {!identity.usable && <Badge tone="warning">Not in use</Badge>}
                </span>
                <span className={table.dim}>{identity.provider}</span>
              </td>
              <td className={table.dim}>
                <RelativeTime at={identity.created_at} />
              </td>
              <td className={table.end}>
                {isOnlyWay(identity) ? (
                  <span className={table.dim}>Your only way in</span>
                ) : (
                  <Button variant="default" size="xs" onClick={() => setUnlinking(identity)}>
                    Unlink
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {provider !== undefined && (
        <div className={classes.actions}>
          <Button variant="default" loading={isBusy} onClick={() => void link()}>
            Link an account of {provider}
          </Button>
        </div>
      )}
      {unlinking && <UnlinkDialog identity={unlinking} onClose={() => setUnlinking(undefined)} />}
    </section>
  )
}

const UnlinkDialog = ({ identity, onClose }: { identity: IdentityView; onClose(): void }) => {
  const router = useRouter()
  const unlink = async () => {
    await callApi(`/api/identities/${identity.id}`, { method: 'DELETE' })
    router.refresh()
    onClose()
  }
  return (
    <QuestionDialog title="Unlink this account?" action="Unlink" isDangerous onConfirm={unlink} onClose={onClose}>
      <p>
        {identity.email ?? 'It'} no longer opens your account here, and all your other sessions end. You can link it
        again.
      </p>
    </QuestionDialog>
  )
}
