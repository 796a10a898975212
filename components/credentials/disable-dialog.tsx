'use client'
import { QuestionDialog } from '#components/layout/question-dialog'
import type { CredentialView } from '#lib/credentials/schema'
import { plural } from '#lib/format/number'
import form from '../layout/form.module.css'

interface DisableDialogProps {
  credential: CredentialView
  onDisable(): Promise<void>
  onClose(): void
}

/** Asked only while something uses it: those connections stop working at once. */
export const DisableDialog = ({ credential: { name, used_by_count }, onDisable, onClose }: DisableDialogProps) => (
  <QuestionDialog
    title={`Disable ${name}?`}
    action="Disable credential"
    isDangerous
    onConfirm={onDisable}
    onClose={onClose}
  >
    <p className={form.note}>
      {plural(used_by_count, 'connection')} {used_by_count === 1 ? 'uses' : 'use'} it and will fail until you enable it
      again. Its secret stays stored.
    </p>
  </QuestionDialog>
)
