import {
  IconLayersIntersect,
  IconTable,
  IconTableDashed,
  IconTableExport,
  IconTableOptions,
  IconTableShare,
  IconTableSpark,
} from '@tabler/icons-react'
import type { DiscoveredRelation } from '#lib/connectors/contract'

/** How each kind of relation looks and is called. */
export const relationKinds = {
  table: { label: 'Table', icon: IconTable },
  view: { label: 'View', icon: IconTableDashed },
  materialized_view: { label: 'Materialized view', icon: IconLayersIntersect },
  foreign_table: { label: 'Foreign table', icon: IconTableShare },
  partitioned_table: { label: 'Partitioned table', icon: IconTableOptions },
  virtual_table: { label: 'Virtual table', icon: IconTableSpark },
  partition: { label: 'Partition', icon: IconTableExport },
} as const satisfies Record<DiscoveredRelation['kind'], { label: string; icon: typeof IconTable }>
