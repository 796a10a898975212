'use client'
import { Tabs } from '@mantine/core'
import { ButtonLink } from '#components/layout/button-link'
import type { DiscoveredRelation } from '#lib/connectors/contract'
import { formatBytes, formatNumber, plural } from '#lib/format/number'
import { ColumnsTab } from './columns-tab.tsx'
import { ConstraintsTab } from './constraints-tab.tsx'
import { CopyMenu } from './copy-menu.tsx'
import { CopyText } from './copy-text.tsx'
import { DdlTab } from './ddl-tab.tsx'
import { DetailTitle } from './detail-title.tsx'
import classes from './explorer.module.css'
import type { ExplorerSource } from './explorer-source.ts'
import { IndexesTab } from './indexes-tab.tsx'
import { KeysTab } from './keys-tab.tsx'
import { nameWithin } from './relation-facts.ts'
import { relationKinds } from './relation-kinds.ts'
import { SampleTab } from './sample-tab.tsx'
import { StatisticsTab } from './statistics-tab.tsx'
import { mayUse, tableActions } from './table-actions.ts'
import type { RefreshScope } from './use-refresh.ts'

export interface RelationDetailProps {
  relation: DiscoveredRelation
  source: ExplorerSource
  onRefresh: (scope: RefreshScope) => void
  tab: string
  onTab: (tab: string) => void
  onSelect: (key: string) => void
}

/** Everything known of one table or view. */
export const RelationDetail = ({ relation, source, onRefresh, tab, onTab, onSelect }: RelationDetailProps) => {
  const tabs = tabsOf(relation, source)
  return (
    <>
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
    </>
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

const DetailHead = ({
  relation,
  source,
  onRefresh,
}: Pick<RelationDetailProps, 'relation' | 'source' | 'onRefresh'>) => {
  const { open, qualified, select } = tableActions
  const { icon, label } = relationKinds[relation.kind]
  return (
    <header className={classes.detailHead}>
      <DetailTitle icon={icon} name={relation}>
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
      </DetailTitle>
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
