import { IconAlertTriangle, IconShieldLock } from '@tabler/icons-react'
import { destinationOf } from '#lib/connectors/catalog'
import { type Destination, describeDestination } from '#lib/credentials/destination'
import classes from './connection-form.module.css'
import { type CredentialChoice, isSealedElsewhere } from './credential-choice.ts'
import type { FormSubject } from './form-model.ts'
import { settingsOf } from './form-settings.ts'
import type { FormValues } from './form-values.ts'

interface CredentialFitProps {
  choice: CredentialChoice
  values: FormValues
  subject: FormSubject
}

/** Where the chosen credential is sealed to, and what is worth a second look before it is used here. */
export const CredentialFit = ({ choice, values, subject }: CredentialFitProps) => {
  const wanted = destinationNow(values, subject)
  const isElsewhere = choice.sealed_to !== null && wanted !== undefined && isSealedElsewhere(choice.sealed_to, wanted)
  return (
    <>
      <p className={classes.meaning} data-weak={isElsewhere || undefined} role="status">
        {isElsewhere ? <IconAlertTriangle size={14} aria-hidden /> : <IconShieldLock size={14} aria-hidden />}
        <span>{sealSentence(choice, wanted, isElsewhere, subject)}</span>
      </p>
      {choice.environment && values.environment && choice.environment !== values.environment && (
        <p className={classes.meaning} data-weak role="status">
          <IconAlertTriangle size={14} aria-hidden />
          <span>
            It is a credential for {choice.environment}, and this connection is for {values.environment}. Check that
            this is what you want.
          </span>
        </p>
      )}
    </>
  )
}

const sealSentence = (
  { sealed_to, used_by_count }: CredentialChoice,
  wanted: Destination | undefined,
  isElsewhere: boolean,
  { canBind }: FormSubject,
): string => {
  const place = wanted ? describeDestination(wanted) : 'where this connection goes'
  if (sealed_to === null) return `Not sealed yet: saving seals it to ${place}, and it is only ever sent there.`
  if (!isElsewhere) return `Sealed to ${sealed_to}. It is only ever sent there.`
  const sealed = `Sealed to ${sealed_to}, and this connection goes to ${place}.`
  if (used_by_count > 0) return `${sealed} Other connections use it, so it stays there: type the login here instead.`
  return canBind
    ? `${sealed} When you save, it is sealed to the new place instead; that is recorded.`
    : `${sealed} It is not sent there: type the login here, or ask an admin.`
}

/** Where the connection goes with what is typed, as soon as enough is. */
const destinationNow = (values: FormValues, { manifest, fields }: FormSubject): Destination | undefined => {
  const parsed = manifest.config.safeParse(settingsOf(values, fields))
  return parsed.success ? destinationOf(manifest, parsed.data) : undefined
}
