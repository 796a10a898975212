'use client'
import { type RefObject, useEffect, useEffectEvent, useRef, useState } from 'react'
import type { SqlWriting } from '#lib/connectors/contract'
import classes from '../queries.module.css'
import type { EditorHandle } from './codemirror.ts'

interface CodeEditorProps {
  handle: RefObject<EditorHandle | null>
  /** Whose text it is; another key is another text with its own history. */
  docKey: string
  text: string
  source: string
  schema: string | undefined
  writing: SqlWriting
  onChange: (text: string) => void
  onRun: (what: 'current' | 'all') => void
  onFormat: () => void
  onSave: () => void
  onExplain: () => void
  onStop: () => boolean
}

/** The editor, whose code is loaded when this is shown; until then the text is there to be read. */
export const CodeEditor = (props: CodeEditorProps) => {
  const parent = useRef<HTMLDivElement>(null)
  const [isReady, setReady] = useState(false)
  const { handle, docKey, text } = props
  const latest = useEffectEvent(() => props)
  const show = useEffectEvent(() => handle.current?.show(docKey, text))
  useEffect(() => {
    let isGone = false
    void import('./codemirror.ts').then(({ createEditor }) => {
      if (isGone || !parent.current) return
      handle.current = createEditor({
        parent: parent.current,
        label: 'SQL',
        source: latest().source,
        schema: latest().schema,
        writing: latest().writing,
        onChange: (next) => latest().onChange(next),
        onRun: (what) => latest().onRun(what),
        onFormat: () => latest().onFormat(),
        onSave: () => latest().onSave(),
        onExplain: () => latest().onExplain(),
        onStop: () => latest().onStop(),
      })
      show()
      handle.current.focus()
      setReady(true)
    })
    return () => {
      isGone = true
      handle.current?.destroy()
      handle.current = null
    }
  }, [handle])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another text is shown anew, not each letter of this one
  useEffect(() => {
    if (isReady && handle.current?.text() !== undefined) show()
  }, [docKey, isReady])
  return (
    <div className={classes.editor} ref={parent} aria-busy={!isReady}>
      {!isReady && <pre className={classes.editorWaiting}>{text}</pre>}
    </div>
  )
}
