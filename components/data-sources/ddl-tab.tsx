'use client'
import type { DiscoveredRelation, SqlWriting } from '#lib/connectors/contract'
import { CopyText } from './copy-text.tsx'
import { ddlText } from './ddl.ts'
import classes from './explorer.module.css'

/** The statements that make one like it. */
export const DdlTab = ({ relation, writing }: { relation: DiscoveredRelation; writing: SqlWriting }) => {
  const text = ddlText(relation, writing)
  return (
    <div className={classes.definition}>
      <CopyText label="Copy DDL" text={text} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{text}</pre>
    </div>
  )
}
