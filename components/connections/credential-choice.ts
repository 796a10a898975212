import { withQuery } from '#lib/client/api'
import { type Destination, describeDestination, tlsLevels } from '#lib/credentials/destination'
import type { CredentialView } from '#lib/credentials/schema'

/** A stored credential as the picker shows it. */
export type CredentialChoice = Pick<
  CredentialView,
  'id' | 'name' | 'kind' | 'sealed_to' | 'environment' | 'used_by_count' | 'inline'
> & {
  /** Its public side, e.g. the username. */
  hint: string
}

export const choiceOf = (view: CredentialView): CredentialChoice => {
  const { id, name, kind, config, sealed_to, environment, used_by_count, inline } = view
  const hint = [config.username, config.access_key_id, config.role_arn, config.client_id, config.name].find(
    (value) => typeof value === 'string',
  )
  return { id, name, kind, sealed_to, environment, used_by_count, inline, hint: typeof hint === 'string' ? hint : '' }
}

/** How many the picker shows at once; more are found by typing. */
export const shownChoices = 20

export const choicesPath = (kinds: readonly string[], q: string): string =>
  withQuery('/api/credentials', { kind: kinds.join(','), status: 'active', limit: shownChoices, q })

/** Whether a secret sealed to what the text says would have to be bound anew to go to `wanted`. */
export const isSealedElsewhere = (sealed: string, wanted: Destination): boolean => {
  const [before, after] = [takeApart(sealed), takeApart(describeDestination(wanted))]
  return before.place !== after.place || before.way !== after.way || levelOf(after.tls) < levelOf(before.tls)
}

/** `postgresql://db:5432 (require) through …` */
const takeApart = (text: string): { place: string; tls: string; way: string } => {
  const [, place = text, tls = '', way = ''] = /^(.*?) \(([^)]*)\)(.*)$/s.exec(text) ?? []
  return { place, tls, way }
}

const levels: readonly string[] = tlsLevels
const levelOf = (tls: string): number => levels.indexOf(tls)
