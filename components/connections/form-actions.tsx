'use client'
import { Button } from '@mantine/core'
import { IconAlertTriangle, IconPlugConnected } from '@tabler/icons-react'
import { Keys } from '#components/layout/keys'
import classes from './connection-form.module.css'

interface FormActionsProps {
  /** The page's code runs; until then nothing may be pressed. */
  isReady: boolean
  isDirty: boolean
  isSaving: boolean
  isTesting: boolean
  /** What failed, where the last test of exactly these settings did. */
  failure: string | undefined
  /** Said when the person may look but not change. */
  refusal: string | undefined
  onTest: () => void
  onReset: () => void
}

/** Save and test, side by side, with what there is to know before pressing either. */
export const FormActions = ({
  isReady,
  isDirty,
  isSaving,
  isTesting,
  failure,
  refusal,
  onTest,
  onReset,
}: FormActionsProps) => (
  <div className={classes.actions}>
    <div className={classes.buttons}>
      <Button type="submit" size="md" loading={isSaving} disabled={!isReady || refusal !== undefined}>
        {failure === undefined ? 'Save Connection' : 'Save anyway'}
      </Button>
      <Button
        variant="default"
        size="md"
        leftSection={<IconPlugConnected size={16} stroke={1.8} aria-hidden />}
        disabled={!isReady || isTesting || refusal !== undefined}
        onClick={onTest}
      >
        Test Connection
      </Button>
    </div>
    {failure !== undefined && refusal === undefined && (
      <p className={classes.failure}>
        <IconAlertTriangle size={14} aria-hidden />
        <span>
          The test failed: {failure} Saved like this, pipelines that use the connection fail the same way until it is
          mended.
        </span>
      </p>
    )}
    <p className={classes.hint} role="status">
      {refusal ?? (isDirty ? 'Unsaved changes' : '')}
    </p>
    <div className={classes.minor}>
      <Button variant="subtle" color="gray" size="compact-sm" disabled={!isDirty || isSaving} onClick={onReset}>
        Reset
      </Button>
      <span className={classes.shortcuts}>
        <Keys keys={['⌘', '↵']} /> save <Keys keys={['⌘', '⇧', '↵']} /> test
      </span>
    </div>
  </div>
)
