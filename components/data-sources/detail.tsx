'use client'
import { Button } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { type KeyboardEvent, use } from 'react'
import classes from './explorer.module.css'
import { ObjectDetail } from './object-detail.tsx'
import { RelationDetail, type RelationDetailProps } from './relation-detail.tsx'
import type { DetailAnswer } from './use-explorer.ts'

interface DetailProps extends Omit<RelationDetailProps, 'relation'> {
  answer: DetailAnswer | Promise<DetailAnswer>
  onClose: () => void
  /** Escape: back to the tree. */
  onLeave: () => void
}

/** What was chosen in the tree, or why it cannot be shown. */
export const Detail = ({ answer, onClose, onLeave, ...props }: DetailProps) => {
  const known = answer instanceof Promise ? use(answer) : answer
  if ('problem' in known) {
    return (
      <div className={classes.detail}>
        <BackButton onClose={onClose} />
        <p className={classes.detailProblem} role="alert">
          {known.problem}
        </p>
      </div>
    )
  }
  const { name } = 'object' in known ? known.object : known.relation
  return (
    <article className={classes.detail} aria-label={name} onKeyDown={leaveBy(onLeave)}>
      <BackButton onClose={onClose} />
      {'object' in known ? (
        <ObjectDetail object={known.object} source={props.source} />
      ) : (
        <RelationDetail relation={known.relation} {...props} />
      )}
    </article>
  )
}

const BackButton = ({ onClose }: Pick<DetailProps, 'onClose'>) => (
  <Button
    className={classes.back}
    variant="subtle"
    color="gray"
    size="compact-sm"
    leftSection={<IconArrowLeft size={14} aria-hidden />}
    onClick={onClose}
  >
    All tables
  </Button>
)

/** What hangs over the page (menus, dialogs) stands elsewhere in the document and keeps its own Escape. */
const leaveBy = (onLeave: () => void) => (event: KeyboardEvent<HTMLElement>) => {
  const isInside = event.target instanceof Node && event.currentTarget.contains(event.target)
  if (event.key === 'Escape' && isInside && !event.defaultPrevented) onLeave()
}
