import type { Actor } from '#lib/auth/actor'
import { mayDo } from '#lib/auth/authorize'
import type { PipelineUseView } from '#lib/pipelines/schema'
import { listPipelineUses } from '#lib/pipelines/uses-operations'
import type { AffectedPipeline, AffectingObject, ChangedObject } from './schema.ts'

export interface Affected {
  items: AffectingObject[]
  /** Those that use the connection without saying which of its tables: what breaks may concern them. */
  pipelines: AffectedPipeline[]
}

/** Adds to what can break whom it breaks, as far as the one who asks may know of pipelines at all. */
export const withPipelines = async (
  actor: Actor,
  connectionId: string,
  changes: readonly ChangedObject[],
): Promise<Affected> => {
  const isBreaking = changes.some((one) => one.class === 'breaking')
  const uses = isBreaking && mayDo(actor, 'pipelines:read') ? await usesOf(actor, connectionId) : []
  const [named, unnamed] = [uses.filter(saysWhich), uses.filter((use) => !saysWhich(use))]
  return {
    items: changes.map((one) => ({ ...one, pipelines: grouped(named.filter((use) => isTouched(use, one))) })),
    pipelines: grouped(unnamed),
  }
}

const usesOf = async (actor: Actor, connection_id: string) => (await listPipelineUses(actor, { connection_id })).items

const saysWhich = ({ relations }: PipelineUseView): boolean => relations.length > 0

/** An enum, a routine or an extension stands in no pipeline by name. */
const isTouched = ({ relations }: PipelineUseView, one: ChangedObject): boolean =>
  one.class === 'breaking' && one.type === 'relation' && namesRelation(relations, one)

/** A pipeline once, with the steps that name it. */
const grouped = (uses: readonly PipelineUseView[]): AffectedPipeline[] =>
  [...Map.groupBy(uses, ({ key }) => key).values()].flatMap((places) => {
    const [first] = places
    const steps = [...new Set(places.flatMap(({ node }) => node ?? []))]
    return first ? [{ key: first.key, name: first.name, active: first.active, steps }] : []
  })

/** Whether one of these names means the table; written with or without its schema, its database, quotes. */
const namesRelation = (relations: readonly string[], { schema, name }: { schema: string; name: string }): boolean => {
  const whole = plainName(`${schema}.${name}`)
  const own = plainName(name)
  return relations.some((written) => {
    const text = plainName(written)
    return text === own || text === whole || text.endsWith(`.${whole}`)
  })
}

const plainName = (name: string): string => name.replace(/["'`[\]]/g, '').toLowerCase()
