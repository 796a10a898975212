'use client'
import { Button, Switch } from '@mantine/core'
import {
  IconBookmark,
  IconIndentIncrease,
  IconLayoutSidebar,
  IconPlayerPlay,
  IconPlayerStop,
  IconRoute,
} from '@tabler/icons-react'
import { Allowed, usePermissions } from '#components/layout/permissions'
import classes from './queries.module.css'
import type { SqlEditor } from './use-sql-editor.tsx'

interface EditorBarProps {
  editor: SqlEditor
  writes: boolean
  /** Shows the tables where there is no room for them beside the editor. */
  onSide: () => void
}

/** What can be done with the statements. */
export const EditorBar = ({ editor, writes, onSide }: EditorBarProps) => {
  const { isRunning, isEmpty } = editor
  const mayWrite = usePermissions().includes('data-sources:write')
  const isIdle = isRunning || isEmpty
  const quiet = { variant: 'subtle', color: 'gray', size: 'compact-sm' } as const
  return (
    <div className={classes.barRow} role="toolbar" aria-label="Statements">
      <Button
        {...quiet}
        className={classes.sideButton}
        leftSection={<IconLayoutSidebar size={15} aria-hidden />}
        onClick={onSide}
      >
        Tables
      </Button>
      {isRunning ? (
        <Button
          size="compact-sm"
          className={classes.runButton}
          color="red.8"
          leftSection={<IconPlayerStop size={14} aria-hidden />}
          onClick={editor.stop}
        >
          Cancel
        </Button>
      ) : (
        <Button
          size="compact-sm"
          className={classes.runButton}
          leftSection={<IconPlayerPlay size={14} aria-hidden />}
          disabled={isEmpty}
          title="Runs the selection, or the statement at the cursor (Ctrl or ⌘ + Enter)"
          onClick={() => editor.run('current')}
        >
          Run
        </Button>
      )}
      <Button
        {...quiet}
        disabled={isIdle}
        title="Runs every statement (Ctrl or ⌘ + Shift + Enter)"
        onClick={() => editor.run('all')}
      >
        Run all
      </Button>
      <span className={classes.barLine} aria-hidden />
      <Button
        {...quiet}
        disabled={isIdle}
        leftSection={<IconRoute size={15} aria-hidden />}
        title="How the planner would run it, with its estimates (Ctrl or ⌘ + Shift + E)"
        onClick={() => editor.explain('estimated')}
      >
        Explain
      </Button>
      <Button
        {...quiet}
        disabled={isIdle}
        title="Runs it to measure every step; nothing is kept of it"
        onClick={() => editor.explain('analyzed')}
      >
        Explain analyze
      </Button>
      <span className={classes.barLine} aria-hidden />
      <Button
        {...quiet}
        disabled={isEmpty}
        leftSection={<IconIndentIncrease size={15} aria-hidden />}
        title="Lays the statements out (Shift + Alt + F)"
        onClick={editor.format}
      >
        Format
      </Button>
      <Allowed to="queries:write">
        <Button
          {...quiet}
          disabled={isEmpty}
          leftSection={<IconBookmark size={15} aria-hidden />}
          title="Keeps the text under a name (Ctrl or ⌘ + S)"
          onClick={editor.save}
        >
          Save
        </Button>
      </Allowed>
      <span className={classes.barEnd}>
        {writes && mayWrite ? (
          <Switch
            size="xs"
            label="Allow changes"
            checked={editor.mayWrite}
            onChange={(event) => editor.allowWrites(event.currentTarget.checked)}
          />
        ) : (
          <span className={classes.readOnly} title="Whatever a statement says, nothing is changed at the source">
            Read only
          </span>
        )}
      </span>
    </div>
  )
}
