import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { type Candidate, candidatesFor, type Writing } from './candidates.ts'
import type { Catalog } from './catalog.ts'
import { scopeAt } from './scope.ts'

const types: Record<Candidate['kind'], string> = {
  condition: 'constant',
  column: 'property',
  alias: 'variable',
  cte: 'class',
  table: 'class',
  view: 'interface',
  schema: 'namespace',
  keyword: 'keyword',
  function: 'function',
}

/** What the editor offers while a statement is typed. */
export const createCompletion =
  (catalog: Catalog, writing: Writing) =>
  async (context: CompletionContext): Promise<CompletionResult | null> => {
    const scope = scopeAt(context.state.doc.toString(), context.pos, writing.dialect)
    if (!scope) return null
    const isAsked = context.explicit || scope.word !== '' || scope.path.length > 0 || scope.expects !== 'column'
    if (!isAsked) return null
    const found = await candidatesFor(scope, catalog, writing)
    if (context.aborted || found.length === 0) return null
    const result = { from: scope.from, options: found.map(optionOf) }
    // Tables are searched on the server, so that a longer word asks again.
    const isSearched = found.some(({ kind }) => kind === 'table' || kind === 'view')
    return isSearched ? result : { ...result, validFor: /^["`\p{L}\p{N}_$]*$/u }
  }

const optionOf = ({ label, apply, kind, detail, rank }: Candidate): Completion => ({
  label,
  type: types[kind],
  boost: rank,
  ...(apply !== undefined && apply !== label && { apply }),
  ...(detail !== undefined && { detail }),
})
