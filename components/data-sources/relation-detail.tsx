'use client'
import { Button, CopyButton, Tabs } from '@mantine/core'
import { IconArrowLeft, IconCheck, IconCopy } from '@tabler/icons-react'
import { use } from 'react'
import type { DiscoveredRelation, SqlWriting } from '#lib/connectors/contract'
import { formatBytes, formatNumber, plural } from '#lib/format/number'
import { ColumnsTab } from './columns-tab.tsx'
import classes from './explorer.module.css'
import { IndexesTab } from './indexes-tab.tsx'
import { KeysTab } from './keys-tab.tsx'
import { relationKinds } from './relation-kinds.ts'
import { qualifiedName, selectStatement } from './sql-text.ts'
import type { RelationAnswer } from './use-explorer.ts'

interface RelationDetailProps {
  answer: RelationAnswer | Promise<RelationAnswer>
  /** The mark around names in SQL. */
  quote: SqlWriting['quote']
  tab: string
  onTab: (tab: string) => void
  onSelect: (key: string) => void
  onClose: () => void
}

/** Everything known of one table or view. */
export const RelationDetail = ({ answer, quote, tab, onTab, onSelect, onClose }: RelationDetailProps) => {
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
  const tabs = tabsOf(relation)
  return (
    <article className={classes.detail} aria-label={relation.name}>
      <BackButton onClose={onClose} />
      <DetailHead relation={relation} quote={quote} />
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
        {relation.view_definition && (
          <Tabs.Panel value="definition">
            <Definition text={relation.view_definition} />
          </Tabs.Panel>
        )}
      </Tabs>
    </article>
  )
}

const tabsOf = (relation: DiscoveredRelation): { value: string; label: string; count?: number }[] => {
  const keys = [relation.constraints, relation.foreign_keys, relation.referenced_by]
  return [
    { value: 'columns', label: 'Columns', count: relation.columns?.length ?? 0 },
    { value: 'keys', label: 'Keys & relations', count: keys.reduce((sum, list) => sum + (list?.length ?? 0), 0) },
    { value: 'indexes', label: 'Indexes', count: relation.indexes?.length ?? 0 },
    ...(relation.view_definition ? [{ value: 'definition', label: 'Definition' }] : []),
  ]
}

const DetailHead = ({ relation, quote }: { relation: DiscoveredRelation; quote: SqlWriting['quote'] }) => {
  const { icon: Icon, label } = relationKinds[relation.kind]
  return (
    <header className={classes.detailHead}>
      <div className={classes.detailTitle}>
        <Icon size={18} stroke={1.6} aria-hidden />
        <h2>
          <span className={classes.schemaName}>{relation.schema}.</span>
          {relation.name}
        </h2>
        <div className={classes.copies}>
          <CopyText label="Copy name" text={qualifiedName(relation, quote)} />
          <CopyText label="Copy SELECT" text={selectStatement(relation, quote)} />
        </div>
      </div>
      <p className={classes.facts}>
        <span>{label}</span>
        {relation.partition_of && <span>of {relation.partition_of}</span>}
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

export const CopyText = ({ label, text }: { label: string; text: string }) => (
  <CopyButton value={text} timeout={1_500}>
    {({ copied, copy }) => (
      <Button
        variant="default"
        size="compact-sm"
        leftSection={copied ? <IconCheck size={13} aria-hidden /> : <IconCopy size={13} aria-hidden />}
        onClick={copy}
      >
        {copied ? 'Copied' : label}
      </Button>
    )}
  </CopyButton>
)

const Definition = ({ text }: { text: string }) => (
  <div className={classes.definition}>
    <CopyText label="Copy" text={text} />
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
    <pre tabIndex={0}>{text}</pre>
  </div>
)
