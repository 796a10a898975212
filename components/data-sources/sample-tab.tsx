'use client'
import { useEffect, useState } from 'react'
import type { DiscoveredRelation } from '#lib/connectors/contract'
import { ResultPanel } from '../queries/result-panel.tsx'
import { createResultStore } from '../queries/result-store.ts'
import { type ExplorerSource, queryOf } from './explorer-source.ts'
import { QueriesDenied } from './queries-denied.tsx'
import { sampleStatement } from './sql-text.ts'

interface SampleTabProps {
  relation: DiscoveredRelation
  source: ExplorerSource
}

/** The first rows, read when somebody looks at them and not before. */
export const SampleTab = ({ relation, source }: SampleTabProps) =>
  source.queries === 'denied' ? <QueriesDenied source={source} /> : <Sample relation={relation} source={source} />

const rows = 100

const Sample = ({ relation, source }: SampleTabProps) => {
  const [store] = useState(createResultStore)
  const sql = sampleStatement(relation, source.writing.quote)
  const { id } = source
  useEffect(() => {
    void store.run(queryOf({ id }, sql, rows))
    return () => store.cancel()
  }, [store, id, sql])
  return <ResultPanel store={store} writing={source.writing} onCancel={store.cancel} />
}
