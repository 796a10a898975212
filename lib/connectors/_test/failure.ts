import { AppError } from '#lib/core/errors'
import type { TestCause, TestStage } from '../contract.ts'
import { NetError } from '../contract.ts'
import type { CauseTable } from './causes.ts'

interface FailureOptions extends ErrorOptions {
  at?: TestCause['stage'] | undefined
  evidence?: TestStage['evidence']
}

/** A failed stage. Holds only the code and harmless facts; what the server said stays out. */
export class Failure<Code extends string = string, F = object> extends Error {
  override readonly name = 'Failure'
  readonly code: Code
  readonly facts: Partial<F>
  /** Where it happened, when not where the code usually belongs. */
  readonly at: TestCause['stage'] | undefined
  /** What the stage has seen all the same, e.g. the key that was not the right one. */
  readonly evidence: TestStage['evidence']
  constructor(code: Code, facts: Partial<F> = {}, { at, evidence, ...options }: FailureOptions = {}) {
    super(code, options)
    this.code = code
    this.facts = facts
    this.at = at
    this.evidence = evidence
  }
}

/** Whether it is a failure that this table has words for. */
export const isFailureOf = <Code extends string>(
  causes: CauseTable<never, Code>,
  error: unknown,
): error is Failure<Code> => error instanceof Failure && Object.hasOwn(causes, error.code)

export const causeOf = <F, Code extends string>(
  causes: CauseTable<F, Code>,
  failure: Failure<Code>,
  context: F,
): TestCause => {
  const cause = causes[failure.code]
  const facts = { ...context, ...failure.facts }
  const stage = failure.at ?? cause.stage
  return {
    code: failure.code,
    stage,
    field: cause.field,
    sentence: cause.sentence(facts),
    fix: cause.fix?.(facts) ?? null,
  }
}

/** The same for work that shows no stages: one error with the cause's sentence. */
export const problemOf = <F, Code extends string>(
  causes: CauseTable<F, Code>,
  failure: Failure<Code>,
  context: F,
): AppError => {
  const cause = causeOf(causes, failure, context)
  const code = /\.(timeout|stalled)$/.test(failure.code) ? 'upstream_timeout' : 'upstream_failed'
  return new AppError(code, cause.sentence, { details: { cause }, cause: failure })
}

/** What kept us from a host, or took its socket away; undefined where the error is no such thing. */
export const reachFailure = (error: unknown, isLookup: boolean): Failure<ReachCode, { detail: string }> | undefined => {
  const code = String(Object(error).code ?? '')
  const known = isLookup ? lookupCodes[code] : netCodes[code]
  if (!known) return undefined
  return new Failure(known, error instanceof NetError && code === 'EPOLICY' ? { detail: error.message } : {})
}

export type ReachCode =
  | `dns.${'not_found' | 'failed' | 'timeout' | 'refused_by_policy'}`
  | `tcp.${'refused' | 'timeout' | 'unreachable' | 'failed'}`
  | `tunnel.${'forwarding_refused' | 'lost'}`
  | 'protocol.flood'

const lookupCodes: Record<string, ReachCode | undefined> = {
  EPOLICY: 'dns.refused_by_policy',
  ENOTFOUND: 'dns.not_found',
  EAI_NONAME: 'dns.not_found',
  EAI_NODATA: 'dns.not_found',
  ENODATA: 'dns.not_found',
  EAI_AGAIN: 'dns.failed',
  EAI_TIMEOUT: 'dns.timeout',
}

const netCodes: Record<string, ReachCode | undefined> = {
  EPOLICY: 'dns.refused_by_policy',
  ECONNREFUSED: 'tcp.refused',
  ETIMEDOUT: 'tcp.timeout',
  ENETUNREACH: 'tcp.unreachable',
  EHOSTUNREACH: 'tcp.unreachable',
  EADDRNOTAVAIL: 'tcp.unreachable',
  EBYTES: 'protocol.flood',
  // An SSH server looks the name up only when it is asked to connect.
  ENOTFOUND: 'dns.not_found',
  EFORWARD: 'tunnel.forwarding_refused',
  ETUNNEL: 'tunnel.lost',
}
