import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { sql } from '@codemirror/lang-sql'
import { bracketMatching, indentOnInput } from '@codemirror/language'
import { setDiagnostics } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState, Prec } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view'
import type { SqlWriting } from '#lib/connectors/contract'
import { createCatalog } from '../completion/catalog.ts'
import { createCompletion } from '../completion/complete.ts'
import { currentStatement } from './current-statement.ts'
import { languageOf } from './languages.ts'
import { editorTheme } from './theme.ts'

export interface EditorOptions {
  parent: HTMLElement
  label: string
  /** Whose tables are offered, and the schema meant where none is named. */
  source: string
  schema: string | undefined
  writing: SqlWriting
  onChange(text: string): void
  onRun(what: 'current' | 'all'): void
  onFormat(): void
  onSave(): void
  onExplain(): void
  /** True when there was something to stop. */
  onStop(): boolean
}

/** Where something is wrong, and what. */
export interface Mark {
  from: number
  to: number
  message: string
}

/** What the page may do with the editor, whatever it is made of. */
export interface EditorHandle {
  /** Shows another text; each key keeps its own history of changes and its cursor. */
  show(key: string, text: string): void
  forget(key: string): void
  text(): string
  selection(): { from: number; to: number; head: number }
  replaceAll(text: string): void
  insert(text: string): void
  mark(marks: readonly Mark[]): void
  select(from: number, to: number): void
  focus(): void
  destroy(): void
}

export const createEditor = (options: EditorOptions): EditorHandle => {
  const extensions = extensionsOf(options)
  const states = new Map<string, EditorState>()
  let key = ''
  const view = new EditorView({ parent: options.parent, state: EditorState.create({ extensions }) })
  return {
    show: (next, text) => {
      if (key !== '') states.set(key, view.state)
      key = next
      const known = states.get(next)
      view.setState(known?.doc.toString() === text ? known : EditorState.create({ doc: text, extensions }))
    },
    forget: (gone) => states.delete(gone),
    text: () => view.state.doc.toString(),
    selection: () => {
      const { from, to, head } = view.state.selection.main
      return { from, to, head }
    },
    replaceAll: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    insert: (text) => {
      view.dispatch(view.state.replaceSelection(text), { scrollIntoView: true, userEvent: 'input' })
      view.focus()
    },
    mark: (marks) =>
      view.dispatch(
        setDiagnostics(
          view.state,
          marks.map((mark) => within(mark, view.state.doc.length)),
        ),
      ),
    select: (from, to) => {
      const { length } = view.state.doc
      const selection = { anchor: Math.min(from, length), head: Math.min(to, length) }
      view.dispatch({ selection, scrollIntoView: true })
      view.focus()
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  }
}

const within = ({ from, to, message }: Mark, length: number) => ({
  from: Math.min(from, length),
  to: Math.min(Math.max(to, from + 1), length),
  message,
  severity: 'error' as const,
})

const extensionsOf = ({
  source,
  schema,
  writing,
  label,
  onChange,
  onRun,
  onFormat,
  onSave,
  onExplain,
  onStop,
}: EditorOptions) => {
  const dialect = writing.dialect ?? 'postgres'
  const complete = createCompletion(createCatalog(source, schema), { quote: writing.quote, dialect })
  return [
    Prec.high(
      keymap.of([
        { key: 'Mod-Enter', run: running(() => onRun('current')), shift: running(() => onRun('all')) },
        { key: 'Shift-Alt-f', run: done(onFormat) },
        { key: 'Mod-s', run: done(onSave) },
        { key: 'Mod-Shift-e', run: done(onExplain) },
      ]),
    ),
    EditorView.lineWrapping,
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    EditorState.allowMultipleSelections.of(true),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    // As many as fit: a list that scrolls could not be reached by the keyboard, the rest comes with the arrow keys.
    autocompletion({ override: [complete], activateOnTypingDelay: 80, maxRenderedOptions: 12 }),
    highlightSelectionMatches(),
    search({ top: true }),
    sql({ dialect: languageOf(dialect) }),
    currentStatement(dialect),
    keymap.of([
      // Escape and then Tab leaves the editor, which the library sees to.
      { key: 'Tab', run: acceptCompletion },
      ...closeBracketsKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...completionKeymap,
      { key: 'Escape', run: () => onStop() },
      ...defaultKeymap,
      indentWithTab,
    ]),
    // Editable as it is, the keyboard reaches it anyway; checkers of accessibility only believe the attribute.
    EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': label, 'data-gramm': 'false' }),
    EditorView.updateListener.of(({ docChanged, state }) => docChanged && onChange(state.doc.toString())),
    placeholder('Write a statement, or choose a table at the left'),
    editorTheme,
  ]
}

/** What was offered for the statement goes: it covers the editor, and nobody wants it now. */
const running = (run: () => void) => (view: EditorView) => {
  closeCompletion(view)
  run()
  return true
}

const done = (work: () => void) => (): true => {
  work()
  return true
}
