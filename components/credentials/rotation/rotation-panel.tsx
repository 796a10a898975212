'use client'
import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useState } from 'react'
import { Allowed } from '#components/layout/permissions'
import type { CredentialView } from '#lib/credentials/schema'
import { plural } from '#lib/format/number'
import type { RotationView } from '#lib/rotations/schema'
import credentials from '../credentials.module.css'
import type { FormKind } from '../form-kinds.ts'
import { RotateForm } from './rotate-form.tsx'
import classes from './rotation.module.css'
import { RotationBoard } from './rotation-board.tsx'
import { RotationHistory } from './rotation-history.tsx'
import { useRotations } from './use-rotations.ts'

interface RotationPanelProps {
  credential: CredentialView
  kind: FormKind
  initial: readonly RotationView[]
}

/** Replaces a secret without breaking what depends on it: type it, see it tested everywhere, then let it take over. */
export const RotationPanel = ({ credential, kind, initial }: RotationPanelProps) => {
  const rotations = useRotations(credential.id, initial)
  const [isTyping, setTyping] = useState(false)
  const { open, past } = rotations
  const canStart = credential.status === 'active' && credential.deleted_at === null
  return (
    <section aria-label="Rotation">
      <div className={credentials.sectionHead}>
        <h2>Rotation</h2>
        <p className={credentials.note}>{intro(credential, open)}</p>
        {!open && !isTyping && canStart && (
          <Allowed to="credentials:write">
            <Button
              variant="default"
              size="xs"
              leftSection={<IconRefresh size={14} aria-hidden />}
              onClick={() => setTyping(true)}
            >
              Rotate
            </Button>
          </Allowed>
        )}
      </div>
      {open && <RotationBoard rotation={open} rotations={rotations} />}
      {!open && isTyping && (
        <RotateForm
          credential={credential}
          kind={kind}
          onClose={() => setTyping(false)}
          onStarted={async () => {
            await rotations.load()
            setTyping(false)
          }}
        />
      )}
      {!open && rotations.problem && (
        <p className={classes.problem} role="alert">
          {rotations.problem}
        </p>
      )}
      {past.length > 0 && <RotationHistory rotations={past} />}
    </section>
  )
}

const intro = ({ used_by_count }: CredentialView, open: RotationView | undefined): string => {
  if (open?.state === 'soaking') return 'Every connection uses the new secret; the old one can still come back.'
  if (open) return 'Everything goes on with the old secret until the new one is promoted.'
  return used_by_count === 0
    ? 'No connection depends on it: a new secret can take over without a test.'
    : `A new secret is tested with ${plural(used_by_count, 'connection')} before anything changes.`
}
