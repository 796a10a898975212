import { isCredentialKind } from '#lib/credentials/kinds'
import type { CredentialView } from '#lib/credentials/schema'
import type { RotationView } from '#lib/rotations/schema'
import { formKind } from '../form-kinds.ts'
import { RotationPanel } from './rotation-panel.tsx'

/** The panel with its kind as plain data, so that the schemas stay on the server. */
export const RotationSection = ({ credential, initial }: { credential: CredentialView; initial: RotationView[] }) =>
  isCredentialKind(credential.kind) ? (
    <RotationPanel credential={credential} kind={formKind(credential.kind)} initial={initial} />
  ) : null
