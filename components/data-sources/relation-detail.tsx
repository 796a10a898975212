'use client'
import { Button, Tabs } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { type KeyboardEvent, use } from 'react'
import { ButtonLink } from '#components/layout/button-link'
import type { DiscoveredRelation } from '#lib/connectors/contract'
import { formatBytes, formatNumber, plural } from '#lib/format/number'
import { ColumnsTab } from './columns-tab.tsx'
import { ConstraintsTab } from './constraints-tab.tsx'
import { CopyMenu } from './copy-menu.tsx'
import { CopyText } from './copy-text.tsx'
import { DdlTab } from './ddl-tab.tsx'
import classes from './explorer.module.css'
import type { ExplorerSource } from './explorer-source.ts'
import { IndexesTab } from './indexes-tab.tsx'
import { KeysTab } from './keys-tab.tsx'
import { nameWithin } from './relation-facts.ts'
import { relationKinds } from './relation-kinds.ts'
import { SampleTab } from './sample-tab.tsx'
import { StatisticsTab } from './statistics-tab.tsx'
import { mayUse, tableActions } from './table-actions.ts'
import type { RelationAnswer } from './tree-model.ts'
import type { RefreshScope } from './use-refresh.ts'

interface RelationDetailProps {
  answer: RelationAnswer | Promise<RelationAnswer>
  source: ExplorerSource
  onRefresh: (scope: RefreshScope) => void
  tab: string
  onTab: (tab: string) => void
  onSelect: (key: string) => void
  onClose: () => void
  /** Escape: back to the tree. */
  onLeave: () => void
}

/** Everything known of one table or view. */
export const RelationDetail = (props: RelationDetailProps) => {
  const { answer, source, onRefresh, tab, onTab, onSelect, onClose, onLeave } = props
  const known = answer instanceof Promise ? use(answer) : answer
  if ('problem' in known) {
    return (
      <div className={classes.detail}>
        <BackButton onClose={onClose} />
        <p className={classes.detailProblem} role="alert">
          {known.problem}
        </p>
      </div>
    )
  }
  const { relation } = known
  const tabs = tabsOf(relation, source)
  return (
    <article className={classes.detail} aria-label={relation.name} onKeyDown={leaveBy(onLeave)}>
      <BackButton onClose={onClose} />
      <DetailHead relation={relation} source={source} onRefresh={onRefresh} />
      <Tabs
        value={tabs.some(({ value }) => value === tab) ? tab : 'columns'}
        onChange={(next) => onTab(next ?? 'columns')}
        keepMounted={false}
        classNames={{ root: classes.tabs, list: classes.tabList, tab: classes.tab, panel: classes.panel }}
      >
        <Tabs.List>
          {tabs.map(({ value, label, count }) => (
            <Tabs.Tab key={value} value={value}>
              {label}
              {count !== undefined && <span className={classes.tabCount}>{formatNumber(count)}</span>}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="columns">
          <ColumnsTab relation={relation} onSelect={onSelect} />
        </Tabs.Panel>
        <Tabs.Panel value="keys">
          <KeysTab relation={relation} onSelect={onSelect} />
        </Tabs.Panel>
        <Tabs.Panel value="indexes">
          <IndexesTab relation={relation} />
        </Tabs.Panel>
        <Tabs.Panel value="constraints">
          <ConstraintsTab relation={relation} />
        </Tabs.Panel>
        <Tabs.Panel value="ddl">
          <DdlTab relation={relation} writing={source.writing} />
        </Tabs.Panel>
        {source.queries !== 'none' && (
          <Tabs.Panel value="sample">
            <SampleTab relation={relation} source={source} />
          </Tabs.Panel>
        )}
        {source.queries !== 'none' && (
          <Tabs.Panel value="statistics">
            <StatisticsTab relation={relation} source={source} />
          </Tabs.Panel>
        )}
      </Tabs>
    </article>
  )
}

const tabsOf = (
  relation: DiscoveredRelation,
  { queries }: ExplorerSource,
): { value: string; label: string; count?: number }[] => [
  { value: 'columns', label: 'Columns', count: relation.columns?.length ?? 0 },
  {
    value: 'keys',
    label: 'Keys & relations',
    count:
      (relation.foreign_keys?.length ?? 0) + (relation.referenced_by?.length ?? 0) + (relation.referenced_by_more ?? 0),
  },
  { value: 'indexes', label: 'Indexes', count: relation.indexes?.length ?? 0 },
  { value: 'constraints', label: 'Constraints', count: relation.constraints?.length ?? 0 },
  { value: 'ddl', label: 'DDL' },
  ...(queries === 'none'
    ? []
    : [
        { value: 'sample', label: 'Sample' },
        { value: 'statistics', label: 'Statistics' },
      ]),
]

interface DetailHeadProps extends Pick<RelationDetailProps, 'source' | 'onRefresh'> {
  relation: DiscoveredRelation
}

const DetailHead = ({ relation, source, onRefresh }: DetailHeadProps) => {
  const { open, qualified, select } = tableActions
  const { icon: Icon, label } = relationKinds[relation.kind]
  return (
    <header className={classes.detailHead}>
      <div className={classes.detailTitle}>
        <Icon size={18} stroke={1.6} aria-hidden />
        <h2>
          <bdi className={classes.schemaName}>{relation.schema}</bdi>
          <span className={classes.schemaName}>.</span>
          <bdi>{relation.name}</bdi>
        </h2>
        <div className={classes.copies}>
          {mayUse('open', source) && (
            <ButtonLink
              href={open.href(relation, source)}
              variant="default"
              size="compact-sm"
              leftSection={<open.icon size={13} aria-hidden />}
            >
              {open.label}
            </ButtonLink>
          )}
          <CopyText label={qualified.label} text={qualified.text(relation, source)} />
          <CopyText label={select.label} text={select.text(relation, source)} />
          <CopyMenu relation={relation} source={source} onRefresh={onRefresh} />
        </div>
      </div>
      <p className={classes.facts}>
        <span>{label}</span>
        {relation.partition_of && <span>of {nameWithin(relation.schema, relation.partition_of)}</span>}
        {relation.row_estimate !== null && (
          <span title="The planner’s estimate, not a count">≈ {plural(Math.round(relation.row_estimate), 'row')}</span>
        )}
        {typeof relation.size_bytes === 'number' && (
          <span title={`${formatNumber(relation.size_bytes)} bytes, with indexes`}>
            {formatBytes(relation.size_bytes)}
          </span>
        )}
      </p>
      {relation.comment && <p className={classes.detailComment}>{relation.comment}</p>}
    </header>
  )
}

const BackButton = ({ onClose }: { onClose: () => void }) => (
  <Button
    className={classes.back}
    variant="subtle"
    color="gray"
    size="compact-sm"
    leftSection={<IconArrowLeft size={14} aria-hidden />}
    onClick={onClose}
  >
    All tables
  </Button>
)

/** What hangs over the page (menus, dialogs) stands elsewhere in the document and keeps its own Escape. */
const leaveBy = (onLeave: () => void) => (event: KeyboardEvent<HTMLElement>) => {
  const isInside = event.target instanceof Node && event.currentTarget.contains(event.target)
  if (event.key === 'Escape' && isInside && !event.defaultPrevented) onLeave()
}
