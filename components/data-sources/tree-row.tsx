import {
  IconAlertTriangle,
  IconChevronRight,
  IconDots,
  IconFolder,
  IconFolders,
  IconKey,
  IconLink,
  IconLock,
} from '@tabler/icons-react'
import { Marked } from '#components/layout/marked'
import { formatCompact, formatNumber, plural } from '#lib/format/number'
import classes from './explorer.module.css'
import { objectKind, objectNote } from './object-kinds.ts'
import { foreignKeyOf } from './relation-facts.ts'
import { relationKinds } from './relation-kinds.ts'
import { rowName, type TreeRelation, type TreeRow } from './tree-model.ts'
import type { TreeObject } from './tree-objects.ts'

interface TreeRowViewProps {
  id: string
  row: TreeRow
  top: number
  height: number
  place: { position: number; size: number }
  isActive: boolean
  isSelected: boolean
  q: string
  onPress: () => void
  onDoublePress: () => void
  onToggle: (isOpen: boolean) => void
  /** Opens the row's menu at a place on the screen; undefined where rows have none. */
  onMenu: ((x: number, y: number) => void) | undefined
}

/** One row of the tree, put where the virtual list wants it. */
export const TreeRowView = (props: TreeRowViewProps) => {
  const { id, row, top, height, place, isActive, isSelected, q, onPress, onDoublePress, onToggle, onMenu } = props
  const { isOpen } = row
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys for the row it points at
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names the active row
    <div
      id={id}
      role="treeitem"
      aria-level={row.level}
      aria-posinset={place.position}
      aria-setsize={place.size}
      aria-selected={isSelected}
      {...(isOpen !== undefined && { 'aria-expanded': isOpen })}
      className={classes.row}
      data-active={isActive || undefined}
      data-kind={row.kind}
      data-menus={onMenu !== undefined || undefined}
      data-gap={(row.kind === 'note' && row.stands > 1) || undefined}
      style={{
        transform: `translateY(${top}px)`,
        paddingLeft: `${(row.level - 1) * 1.0625 + 0.125}rem`,
        ...(row.kind === 'note' && { height }),
      }}
      onClick={onPress}
      onDoubleClick={onDoublePress}
      onContextMenu={(event) => {
        if (!onMenu || !hasMenu(row)) return
        event.preventDefault()
        onMenu(event.clientX, event.clientY)
      }}
    >
      {isOpen === undefined ? (
        <span className={classes.chevron} />
      ) : (
        // biome-ignore lint/a11y/noStaticElementInteractions: a larger target for the pointer; keys open the row itself
        // biome-ignore lint/a11y/useKeyWithClickEvents: see above
        <span
          className={classes.chevron}
          data-open={isOpen || undefined}
          onClick={(event) => {
            event.stopPropagation()
            onToggle(!isOpen)
          }}
        >
          <IconChevronRight size={14} aria-hidden />
        </span>
      )}
      <RowContent row={row} q={q} />
      {onMenu && hasMenu(row) && <RowMenuButton name={rowName(row)} onMenu={onMenu} />}
    </div>
  )
}

// There is nothing to do with a group but to open it.
const hasMenu = ({ kind }: TreeRow): boolean => kind !== 'note' && kind !== 'group'

// For the pointer: with the keyboard the tree itself opens the menu of the row it points at.
const RowMenuButton = ({ name, onMenu }: { name: string; onMenu: (x: number, y: number) => void }) => (
  <button
    type="button"
    tabIndex={-1}
    className={classes.rowMenu}
    aria-label={`Actions for ${name}`}
    onClick={(event) => {
      event.stopPropagation()
      const { left, bottom } = event.currentTarget.getBoundingClientRect()
      onMenu(left, bottom)
    }}
    onDoubleClick={(event) => event.stopPropagation()}
  >
    <IconDots size={14} aria-hidden />
  </button>
)

const RowContent = ({ row, q }: { row: TreeRow; q: string }) => {
  if (row.kind === 'note') return <span className={classes.note}>{row.text}</span>
  if (row.kind === 'schema') {
    const { name, relations, usable, comment, problem } = row.schema
    const Icon = usable ? IconFolder : IconLock
    return (
      <>
        <Icon size={15} stroke={1.6} className={classes.icon} aria-hidden />
        <span className={classes.rowName} title={comment ?? name}>
          {name}
        </span>
        {problem && <SchemaProblem sentence={problem} />}
        <span className={classes.count} title={usable ? plural(relations, 'table') : 'This login may not look inside'}>
          {formatNumber(relations)}
        </span>
      </>
    )
  }
  if (row.kind === 'column') return <ColumnContent relation={row.relation} column={row.column} />
  if (row.kind === 'group') return <GroupContent row={row} />
  if (row.kind === 'object') return <ObjectContent object={row.object} q={q} />
  const { name, kind, comment, row_estimate, found_in } = row.relation
  const { icon: Icon, label } = relationKinds[kind]
  return (
    <>
      <Icon size={15} stroke={1.6} className={classes.icon} aria-label={label} role="img" />
      <span className={classes.rowName} title={comment ? `${name} – ${comment}` : name}>
        <Marked text={name} q={q} />
      </span>
      {(comment || found_in) && (
        <span className={classes.comment}>
          <Beside relation={row.relation} q={q} />
        </span>
      )}
      {row_estimate !== null && (
        <span className={classes.count} title={`About ${plural(Math.round(row_estimate), 'row')}`}>
          {formatCompact(row_estimate)}
        </span>
      )}
    </>
  )
}

const ColumnContent = ({ relation, column }: ColumnProps) => {
  const { name, type, nullable, comment } = column
  return (
    <>
      <ColumnMark relation={relation} column={column} />
      <span className={classes.rowName} title={comment ? `${name} – ${comment}` : name}>
        {name}
      </span>
      <span className={classes.columnType} title={nullable ? type : `${type}, not null`}>
        {type}
      </span>
    </>
  )
}

type ColumnProps = Pick<Extract<TreeRow, { kind: 'column' }>, 'relation' | 'column'>

const ColumnMark = ({ relation, column }: ColumnProps) => {
  if (typeof column.primary_key === 'number')
    return <IconKey size={13} className={classes.primary} role="img" aria-label="primary key" />
  const reference = foreignKeyOf(relation, column)?.references
  if (reference) return <IconLink size={13} className={classes.icon} role="img" aria-label={`to ${reference.name}`} />
  return <span className={classes.noMark} />
}

const GroupContent = ({ row }: { row: Extract<TreeRow, { kind: 'group' }> }) => (
  <>
    <IconFolders size={15} stroke={1.6} className={classes.icon} aria-hidden />
    <span className={classes.rowName}>{rowName(row)}</span>
    <span className={classes.count}>{formatNumber(row.count)}</span>
  </>
)

const ObjectContent = ({ object, q }: { object: TreeObject; q: string }) => {
  const { icon: Icon, label } = objectKind(object)
  const { name, schema, comment, found_in } = object
  const note = objectNote(object)
  return (
    <>
      <Icon size={15} stroke={1.6} className={classes.icon} aria-label={label} role="img" />
      <span className={classes.rowName} title={comment ? `${name} – ${comment}` : name}>
        <Marked text={name} q={q} />
      </span>
      <span className={classes.columnType} title={note}>
        {found_in && <span className={classes.foundSchema}>{schema}</span>}
        <span>{found_in === 'comment' && comment ? <Marked text={comment} q={q} /> : note}</span>
      </span>
    </>
  )
}

/** Where a table was found and why, or else what its comment says. */
const Beside = ({ relation: { schema, comment, found_in, found_columns = [] }, q }: BesideProps) => (
  <>
    {found_in && <span className={classes.foundSchema}>{schema}</span>}
    {found_in === 'columns' ? (
      <Marked text={found_columns.join(', ')} q={q} />
    ) : (
      comment && <Marked text={comment} q={q} />
    )}
  </>
)

interface BesideProps {
  relation: TreeRelation
  q: string
}

/** One schema of many could not be read: said where it stands, not only of the whole. */
const SchemaProblem = ({ sentence }: { sentence: string }) => {
  const text = `Not read the last time: ${sentence} What is shown is from before.`
  return (
    <span className={classes.rowProblem} role="img" aria-label={text} title={text}>
      <IconAlertTriangle size={14} aria-hidden />
    </span>
  )
}
