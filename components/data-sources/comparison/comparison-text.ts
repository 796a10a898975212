import type { ChangedObject } from '#lib/data-sources/schema'

/** Differences as Markdown, for a ticket or a mail: a heading for each thing, a line for each change. */
export const comparisonMarkdown = (title: string, objects: readonly ChangedObject[]): string => {
  const parts = objects.map(({ type, schema, name, class: kind, changes }) => {
    const head = `## ${code(`${schema}.${name}`)} · ${type} · ${kind}`
    const lines = changes.map(
      (one) => `- **${one.class}** ${one.what}${one.name === null ? '' : ` ${code(one.name)}`}${valuesOf(one)}`,
    )
    return [head, '', ...lines].join('\n')
  })
  return `${[`# ${plain(title)}`, ...parts].join('\n\n')}\n`
}

const valuesOf = ({ before, after }: ChangedObject['changes'][number]): string => {
  if (before === null && after === null) return ''
  if (before === null) return `: ${code(after ?? '')}`
  return after === null ? `: was ${code(before)}` : `: ${code(before)} → ${code(after)}`
}

/** Whatever it is called, it stays one code span on one line. */
const code = (text: string): string => {
  const line = text.replace(/\s+/g, ' ')
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  const room = line.startsWith('`') || line.endsWith('`') ? ' ' : ''
  return `${fence}${room}${line}${room}${fence}`
}

const plain = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>#|]/g, '\\$&')
