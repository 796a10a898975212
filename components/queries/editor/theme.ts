import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** The product's tokens, so that both colour schemes follow by themselves. */
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--jf-accent-text)', fontWeight: '500' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--jf-success)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--jf-warning)' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--jf-warning)' },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], color: 'var(--jf-dim)', fontStyle: 'italic' },
  { tag: [tags.special(tags.name)], color: 'var(--jf-danger)' },
])

const mono = 'var(--mantine-font-family-monospace)'

const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--jf-text)', backgroundColor: 'var(--jf-surface)', fontSize: '0.8125rem' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: mono, lineHeight: '1.6' },
  '.cm-content': { padding: '0.5rem 0', caretColor: 'var(--jf-text)' },
  '.cm-line': { padding: '0 1rem 0 0.5rem' },
  '.cm-cursor': { borderLeftColor: 'var(--jf-text)', borderLeftWidth: '2px' },
  '.cm-gutters': {
    color: 'var(--jf-placeholder)',
    backgroundColor: 'var(--jf-surface)',
    border: 'none',
    paddingLeft: '0.25rem',
  },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLineGutter': { color: 'var(--jf-text)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent' },
  '.cm-current': { backgroundColor: 'color-mix(in srgb, var(--jf-accent) 7%, transparent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--jf-accent) 26%, transparent)',
  },
  '.cm-selectionMatch': { backgroundColor: 'color-mix(in srgb, var(--jf-brass) 22%, transparent)' },
  '&.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--jf-active)',
    outline: '1px solid var(--jf-border-strong)',
  },
  '.cm-placeholder': { color: 'var(--jf-placeholder)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecorationLine: 'underline',
    textDecorationStyle: 'wavy',
    textDecorationColor: 'var(--jf-danger-dot)',
    textDecorationThickness: '1.5px',
    textUnderlineOffset: '3px',
  },
  '.cm-tooltip': {
    color: 'var(--jf-text)',
    backgroundColor: 'var(--jf-surface)',
    border: '1px solid var(--jf-border-strong)',
    borderRadius: '0.375rem',
    boxShadow: 'var(--mantine-shadow-md)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: mono, fontSize: '0.75rem', maxHeight: 'none' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '0.1875rem 0.5rem', lineHeight: '1.5' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    color: 'var(--jf-text)',
    backgroundColor: 'var(--jf-selected)',
  },
  '.cm-completionDetail': { color: 'var(--jf-dim)', fontStyle: 'normal', marginLeft: '0.75rem' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '650' },
  '.cm-completionIcon': { color: 'var(--jf-dim)', opacity: '1', width: '1.25em' },
  // The library's sign is an emoji, for which a system may have no font.
  '.cm-completionIcon-keyword:after': { content: '"·"' },
  '.cm-diagnostic': { fontFamily: 'var(--mantine-font-family)', padding: '0.375rem 0.625rem', fontSize: '0.8125rem' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--jf-danger-dot)' },
  '.cm-panels': { color: 'var(--jf-text)', backgroundColor: 'var(--jf-sunken)' },
  '.cm-panels.cm-panels-top': { borderBottom: '1px solid var(--jf-border)' },
  '.cm-panel.cm-search': { padding: '0.5rem 2rem 0.375rem 0.75rem', fontSize: '0.75rem' },
  '.cm-panel.cm-search label': { fontSize: '0.75rem' },
  '.cm-panel.cm-search [name=close]': { color: 'var(--jf-dim)', top: '0.25rem', right: '0.5rem', cursor: 'pointer' },
  '.cm-textfield': {
    color: 'var(--jf-text)',
    backgroundColor: 'var(--jf-control)',
    border: '1px solid var(--jf-border-strong)',
    borderRadius: '0.3125rem',
    padding: '0.1875rem 0.5rem',
  },
  '.cm-button': {
    color: 'var(--jf-text)',
    backgroundImage: 'none',
    backgroundColor: 'var(--jf-control)',
    border: '1px solid var(--jf-border-strong)',
    borderRadius: '0.3125rem',
    padding: '0.1875rem 0.5rem',
    cursor: 'pointer',
  },
  '.cm-searchMatch': { backgroundColor: 'color-mix(in srgb, var(--jf-brass) 38%, transparent)' },
  '.cm-searchMatch-selected': { outline: '1px solid var(--jf-brass)' },
})

export const editorTheme = [look, syntaxHighlighting(colours)]
