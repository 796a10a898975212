import { type RelationName, slotName } from '#lib/connectors/contract'
import type { ReplicationCheck, ReplicationView } from '#lib/replications/schema'

/** What is captured, and under which names; also the body of every call about it. */
export interface Plan {
  tables: RelationName[]
  publication: string
  slot: string
  heartbeat: RelationName | null
}

export const emptyPlan: Plan = { tables: [], publication: 'jackfield', slot: 'jackfield', heartbeat: null }

/** What moves the slot on while the captured tables rest; names are quoted as the steps quote them. */
export const beatStatement = ({ schema, name }: RelationName): string =>
  `UPDATE ${quoteName(schema)}.${quoteName(name)} SET beat_at = now() WHERE id = 1;`

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

export type PlanErrors = Partial<Record<'tables' | 'publication' | 'slot' | 'heartbeat', string>>

/** What the server would refuse, said before it is asked. */
export const planErrors = ({ tables, publication, slot, heartbeat }: Plan): PlanErrors => {
  const name = slotName.safeParse(slot)
  return {
    ...(tables.length === 0 && { tables: 'Choose at least one table.' }),
    ...(tables.length > 1_000 && { tables: 'Choose up to 1,000 tables.' }),
    ...(!/^[^\0]{1,63}$/.test(publication) && { publication: 'Use 1 to 63 characters.' }),
    ...(!name.success && { slot: name.error.issues[0]?.message ?? 'Choose another name.' }),
    ...(heartbeat && !(heartbeat.schema && heartbeat.name) && { heartbeat: 'Name its schema and the table.' }),
  }
}

export const planOf = ({ tables, publication, slot, heartbeat }: ReplicationView): Plan => ({
  tables,
  publication,
  slot,
  heartbeat,
})

/** The step that makes the slot; one whose making broke off may be there without being on record as taken. */
const slotStep = 'slot'

export const isTaken = (view: ReplicationView | undefined, step: string): boolean =>
  view !== undefined && (view.steps.includes(step) || (view.slot_made && step === slotStep))

/** The steps that were taken here, the last one first: the way back. */
export const wayBack = (view: ReplicationView, steps: ReplicationCheck['steps']): string[] => {
  const known = steps.map(({ id }) => id)
  const taken = [...new Set([...view.steps, ...(view.slot_made ? [slotStep] : [])])]
  const place = (id: string) => (known.includes(id) ? known.indexOf(id) : known.length)
  return taken.sort((a, b) => place(b) - place(a))
}

/** Two names that read alike are told apart by what they are made of. */
export const relationKey = ({ schema, name }: RelationName): string => JSON.stringify([schema, name])
