'use client'
import { Splitter } from '@mantine/core'
import { useLocalStorage, useMediaQuery } from '@mantine/hooks'
import { type ReactNode, useState } from 'react'
import type { SqlWriting } from '#lib/connectors/contract'
import type { EditorTabs } from '#lib/data-sources/tabs'
import { sizeWithin } from '../data-sources/pane-size.ts'
import { TwoPanes } from '../data-sources/two-panes.tsx'
import { CodeEditor } from './editor/code-editor.tsx'
import { EditorBar } from './editor-bar.tsx'
import { EditorContext } from './editor-context.ts'
import { EmptyResult } from './empty-result.tsx'
import { ParametersForm } from './parameters-form.tsx'
import classes from './queries.module.css'
import { Results } from './results.tsx'
import { SaveDialog } from './save-dialog.tsx'
import { SidePanes } from './side-panes.tsx'
import { TabStrip } from './tab-strip.tsx'
import { TabsNotice } from './tabs-notice.tsx'
import { useSqlEditor } from './use-sql-editor.tsx'
import { WriteDialog } from './write-dialog.tsx'

export interface SqlPageProps {
  source: { id: string; name: string; environment: string | null }
  writing: SqlWriting
  /** The schema meant where a statement names none. */
  schema: string | undefined
  tabs: EditorTabs
  /** The source allows statements that change data. */
  writes: boolean
  /** The tables, however long they take. */
  tree: ReactNode
}

const sideWidth = { key: 'jackfield.sql.side', default: 300, min: 220, max: 560 } as const
const editorShare = { key: 'jackfield.sql.editor', default: 45, min: 15, max: 85 } as const

/** Tables, statements and their results beside each other. */
export const SqlPage = (props: SqlPageProps) => {
  const { source, writing, schema, writes, tree } = props
  const editor = useSqlEditor(props)
  const { tabs } = editor
  const [share, setShare] = useLocalStorage<number>({ key: editorShare.key, defaultValue: editorShare.default })
  const isNarrow = useMediaQuery('(max-width: 54rem)', false)
  const [isSideOpen, setSideOpen] = useState(false)
  const run = editor.runs.shown(tabs.active.id)
  return (
    <EditorContext value={editor.actions}>
      <TwoPanes
        size={sideWidth}
        isRightShown={!isSideOpen}
        left={<SidePanes source={source.id} tree={tree} onDone={() => setSideOpen(false)} isNarrow={isNarrow} />}
      >
        <div className={classes.work}>
          <TabStrip tabs={tabs} onRename={(id, name) => tabs.change(id, { name })} onClose={editor.close} />
          <TabsNotice tabs={tabs} />
          <EditorBar editor={editor} writes={writes} onSide={() => setSideOpen(true)} />
          <Splitter
            orientation="vertical"
            className={classes.stack}
            classNames={{ pane: classes.stackPane, handle: classes.stackHandle }}
            sizes={[share, 100 - share]}
            onSizeChange={([top]) => setShare(sizeWithin(top, editorShare))}
            lineSize={1}
            withHandle={false}
            step={3}
          >
            <Splitter.Pane defaultSize={editorShare.default} min={editorShare.min} max={editorShare.max}>
              <CodeEditor
                handle={editor.handle}
                docKey={`${tabs.active.id}:${tabs.generation}`}
                text={tabs.active.sql}
                source={source.id}
                schema={schema}
                writing={writing}
                onChange={editor.type}
                onRun={editor.run}
                onFormat={editor.format}
                onSave={editor.save}
                onExplain={() => editor.explain('estimated')}
                onStop={editor.stop}
              />
            </Splitter.Pane>
            <Splitter.Pane defaultSize={100 - editorShare.default}>
              <div className={classes.lower}>
                <ParametersForm
                  names={editor.parameters}
                  values={tabs.active.parameters}
                  asked={editor.asked}
                  onRun={() => editor.run('current')}
                  onChange={(parameters) => tabs.change(tabs.active.id, { parameters })}
                />
                {run ? <Results editor={editor} run={run} writes={writes} /> : <EmptyResult />}
              </div>
            </Splitter.Pane>
          </Splitter>
        </div>
      </TwoPanes>
      {editor.dialog === 'save' && (
        <SaveDialog
          source={source}
          tab={tabs.active}
          onSaved={(saved) => editor.saved(saved)}
          onClose={() => editor.setDialog(undefined)}
        />
      )}
      {editor.writing && <WriteDialog source={source} request={editor.writing} onClose={editor.dropWriting} />}
    </EditorContext>
  )
}
