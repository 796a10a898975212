import { passwordLength } from '#lib/auth/password-rules'
import classes from './auth-form.module.css'

interface PasswordStrengthProps {
  password: string
  /** Why it is not taken, if it is not. */
  weakness: string | undefined
}

/** The rule for a new password, and how near to it the typed one is; its field refers to `password-rule`. */
export const PasswordStrength = ({ password, weakness }: PasswordStrengthProps) => {
  const isGood = weakness === undefined
  const share = Math.min(1, [...password].length / (passwordLength.min + 8))
  return (
    <>
      <div className={classes.meter} aria-hidden>
        <span style={{ width: `${share * 100}%` }} data-good={isGood || undefined} />
      </div>
      <p id="password-rule" className={classes.hint} data-good={isGood || undefined}>
        {isGood
          ? 'Good. Length is what counts.'
          : password === ''
            ? `At least ${passwordLength.min} characters; a few unrelated words work well.`
            : weakness}
      </p>
    </>
  )
}
