import type { Duplex } from 'node:stream'
import type * as z from 'zod'
import { otherProtocol } from '../_test/other-protocol.ts'
import type { StageResult } from '../_test/stages.ts'
import type { Limits } from '../contract.ts'
import { readBytes, showHex, showText } from './bytes.ts'
import { Failure } from './failure.ts'
import { type Heard, hear } from './hear.ts'
import type { manifest } from './manifest.ts'
import { compilePattern } from './pattern.ts'

type Settings = z.output<(typeof manifest)['config']>

interface Rule {
  /** As the sentences name it. */
  expected: string
  isMet(bytes: Buffer): boolean
}

/** How long a port of which nothing is expected may speak up or hang up. */
const glanceMs = 300

/** Listens to the server and holds what it says against the rule. */
export const checkBanner = async (stream: Duplex, settings: Settings, limits: Limits): Promise<StageResult<void>> => {
  const rule = ruleOf(settings)
  if (!rule) return glance(await hear(stream, { send: undefined, ms: glanceMs, isEnough: (bytes) => bytes.length > 0 }))
  const send = settings.send === undefined ? undefined : readBytes(settings.send)
  const heard = await hear(stream, { send, ms: limits.auth_ms, isEnough: rule.isMet })
  if (!heard.isEnough) throw failureOf(heard, settings, { rule, waited: Math.round(limits.auth_ms / 1000) })
  return { value: undefined, sentence: `It says “${lineOf(heard.bytes)}”.`, evidence: evidenceOf(heard) }
}

const glance = (heard: Heard): StageResult<void> => {
  const { bytes, isClosed } = heard
  if (bytes.length > 0)
    return {
      value: undefined,
      sentence: `Nothing is expected. It says “${lineOf(bytes)}”.`,
      evidence: evidenceOf(heard),
    }
  if (!isClosed) return { value: undefined, status: 'skipped', sentence: 'Nothing is expected of it.' }
  const sentence =
    'The connection was closed at once. A proxy may stand in front of a service that is down, or the port expects TLS.'
  return { value: undefined, status: 'warning', sentence, evidence: evidenceOf(heard) }
}

const ruleOf = ({ banner, banner_text = '', banner_pattern = '' }: Settings): Rule | undefined => {
  if (banner === 'none') return undefined
  if (banner === 'any') return { expected: 'anything', isMet: (bytes) => bytes.length > 0 }
  if (banner === 'contains') {
    const wanted = readBytes(banner_text)
    return { expected: `“${showText(wanted)}”`, isMet: (bytes) => bytes.includes(wanted) }
  }
  const pattern = compilePattern(banner_pattern)
  return {
    expected: `the pattern ${banner_pattern}`,
    isMet: (bytes) => bytes.length > 0 && pattern.isIn(bytes.toString('latin1')),
  }
}

const failureOf = (
  { bytes, isClosed }: Heard,
  { ssl_mode }: Settings,
  { rule, waited }: { rule: Rule; waited: number },
): Failure => {
  if (bytes.length === 0 && isClosed) return new Failure('banner.closed')
  if (bytes.length === 0)
    return new Failure('banner.silent', { waited, ...(ssl_mode !== 'disable' && { expected: 'tls' }) })
  const detail = otherProtocol(bytes)
  return new Failure('banner.mismatch', { heard: lineOf(bytes), expected: rule.expected, ...(detail && { detail }) })
}

/** The first line, which is where services say who they are. */
const lineOf = (bytes: Buffer): string => {
  const end = bytes.indexOf(10)
  const line = end > 0 ? bytes.subarray(0, end) : bytes
  return showText(line, 120).replace(/\\r$/, '')
}

const evidenceOf = ({ bytes, isClosed }: Heard) => ({
  bytes: bytes.length,
  text: showText(bytes),
  hex: showHex(bytes),
  closed: isClosed,
})
