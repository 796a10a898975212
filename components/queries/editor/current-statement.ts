import type { Extension } from '@codemirror/state'
import { Decoration, type DecorationSet, type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'
import type { SqlDialect } from '#lib/connectors/contract'
import { splitStatements, statementAt } from '../sql/statements.ts'

/** Beyond this a text is not read again with every move of the cursor. */
const lengthMax = 200_000

const line = Decoration.line({ class: 'cm-current' })

/** Tints the lines of the statement that would run, where there is more than one. */
export const currentStatement = (dialect: SqlDialect): Extension =>
  ViewPlugin.fromClass(
    class {
      marks: DecorationSet
      constructor(view: EditorView) {
        this.marks = marksOf(view, dialect)
      }
      update({ view, docChanged, selectionSet }: ViewUpdate) {
        if (docChanged || selectionSet) this.marks = marksOf(view, dialect)
      }
    },
    { decorations: ({ marks }) => marks },
  )

const marksOf = ({ state }: EditorView, dialect: SqlDialect): DecorationSet => {
  const { main } = state.selection
  if (!main.empty || state.doc.length > lengthMax) return Decoration.none
  const text = state.doc.toString()
  const statement = statementAt(text, main.head, dialect)
  if (!statement || splitStatements(text, dialect).length < 2) return Decoration.none
  const [first, last] = [state.doc.lineAt(statement.from).number, state.doc.lineAt(statement.to).number]
  const lines = Array.from({ length: last - first + 1 }, (_, index) => state.doc.line(first + index))
  return Decoration.set(lines.map(({ from }) => line.range(from)))
}
