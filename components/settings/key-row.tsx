'use client'
import { Button } from '@mantine/core'
import { Badge } from '#components/layout/badge'
import { RelativeTime } from '#components/layout/relative-time'
import { formatNumber, plural } from '#lib/format/number'
import type { KeyView } from '#lib/keys/schema'
import classes from './encryption-keys.module.css'
import { type KeyStep, promoteStep, retireStep } from './key-steps.ts'

const states: Record<KeyView['state'], { tone: 'success' | 'neutral' | 'danger'; text: string }> = {
  primary: { tone: 'success', text: 'Seals and opens' },
  open_only: { tone: 'neutral', text: 'Opens only' },
  missing: { tone: 'danger', text: 'Missing' },
  retired: { tone: 'neutral', text: 'Retired' },
}

interface KeyRowProps {
  encryptionKey: KeyView
  mayChange: boolean
  onStep: (step: KeyStep) => void
}

/** One key: whether it is in use, what needs it, and the next step with it. */
export const KeyRow = ({ encryptionKey: key, mayChange, onStep }: KeyRowProps) => (
  <li className={classes.key} data-retired={key.state === 'retired' || undefined}>
    <div className={classes.identity}>
      <code>{key.id}</code>
      <Badge tone={states[key.state].tone}>{states[key.state].text}</Badge>
    </div>
    <p className={classes.dim}>
      {key.needed_by === 0
        ? 'Nothing needs it'
        : `${plural(key.needed_by, 'secret')} need${key.needed_by === 1 ? 's' : ''} it`}
      {' · '}sealed {formatNumber(key.seals)} so far
      {key.source !== null && key.source !== 'file' && ` · ${sourceOf(key.source)}`}
      {key.problem !== null && ` · ${key.problem}`}
      {key.added_at && (
        <>
          {' · '}added <RelativeTime at={key.added_at} />
        </>
      )}
      {key.retired_at && (
        <>
          {' · '}retired <RelativeTime at={key.retired_at} />
        </>
      )}
    </p>
    {mayChange && key.state === 'open_only' && (
      <div className={classes.buttons}>
        <Button size="xs" variant="default" onClick={() => onStep(promoteStep(key.id))}>
          Promote
        </Button>
        <Button
          size="xs"
          variant="default"
          disabled={key.needed_by > 0}
          title={key.needed_by > 0 ? 'Move its secrets to the primary key first' : undefined}
          onClick={() => onStep(retireStep(key.id))}
        >
          Retire
        </Button>
      </div>
    )}
  </li>
)

const sourceOf = (source: string): string => (source === 'env' ? 'from the environment' : `wrapped by ${source}`)
