import * as z from 'zod'
import type { PlanNode, QueryRequest, SqlProblem } from '../contract.ts'
import { answer, type Listener } from './answers.ts'
import type { Conversation } from './conversation.ts'
import { Failure } from './failure.ts'
import { bind, execute, plain, sync } from './messages.ts'
import { readTexts } from './result-types.ts'
import { problemOf } from './server-words.ts'

/** What stands before a statement whose plan is wanted. */
export const explaining = {
  estimated: 'EXPLAIN (FORMAT JSON) ',
  analyzed: 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ',
} as const

/** Longer plans are of statements that nobody wrote. */
const planBytesMax = 16 * 1024 * 1024

interface Explained {
  /** The server's own text. */
  text: string | undefined
  failed: SqlProblem | undefined
}

interface Asked {
  /** The prepared statement that explains. */
  name: string
  /** What of its text is ours. */
  before: number
  /** Said before it. */
  first?: Buffer
  /** Ends the transaction; without it, it goes on. */
  after?: string
}

const nothing = Buffer.alloc(0)

/** Runs a prepared EXPLAIN and takes its one row. */
export const explain = async (
  conversation: Conversation,
  { sql, parameters }: QueryRequest,
  { name, before, first = nothing, after }: Asked,
): Promise<Explained> => {
  const end = after === undefined ? nothing : plain(after)
  conversation.say(Buffer.concat([first, bind(name, parameters, 'text'), execute(0), end, sync]), 1)
  const heard: Explained = { text: undefined, failed: undefined }
  const listener: Listener = {
    row(bytes, at) {
      heard.text ??= readTexts(bytes, at)[0] ?? undefined
    },
    longRow: () =>
      collect((bytes) => {
        heard.text ??= readTexts(bytes, 0)[0] ?? undefined
      }),
    message(type, body) {
      if (type === answer.error) heard.failed ??= problemOf(body, sql, before)
    },
  }
  while (conversation.isBusy()) await conversation.hear(listener)
  return heard
}

/** A long row put together; it is whole when all the bytes it announces are there. */
const collect = (whole: (bytes: Buffer) => void) => {
  let parts = Buffer.alloc(0)
  return (bytes: Buffer, at: number, end: number) => {
    parts = Buffer.concat([parts, bytes.subarray(at, end)])
    if (parts.length > planBytesMax) throw new Failure('protocol.flood')
    if (parts.length >= 6 && parts.length >= 6 + parts.readInt32BE(2)) whole(parts)
  }
}

const number = z.number().optional()
const named = z.looseObject({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Index Name': z.string().optional(),
  'Function Name': z.string().optional(),
  'CTE Name': z.string().optional(),
  'Total Cost': number,
  'Plan Rows': number,
  'Actual Rows': number,
  'Actual Loops': number,
  'Actual Total Time': number,
  get Plans() {
    return z.array(named).optional()
  },
})
/** A rule makes several statements of one, or none; what has no plan is named by a word. */
const explained = z.array(z.union([z.looseObject({ Plan: named.optional() }), z.string()]))

type Named = z.output<typeof named>

/** The plan as the server wrote it, in terms that all planners share. */
export const readPlan = (text: string): PlanNode => {
  const nodes = explained.parse(JSON.parse(text)).map((one) => (typeof one === 'string' ? step(one, []) : planOf(one)))
  const [only] = nodes
  return only && nodes.length === 1 ? only : step('Rules', nodes)
}

const planOf = ({ Plan, ...whole }: { Plan?: Named | undefined; [name: string]: unknown }): PlanNode => {
  const node = Plan ? nodeOf(Plan) : step('Utility', [])
  return { ...node, details: { ...node.details, ...detailsOf(whole) } }
}

const step = (operation: string, children: PlanNode[]): PlanNode => ({
  ...{ operation, object: null, cost: null, rows_estimated: null, rows_actual: null, duration_ms: null, loops: null },
  ...{ details: {}, children },
})

/** What the whole costs. */
export const costOf = (text: string): number => {
  const costs = explained.parse(JSON.parse(text)).map((one) => (typeof one === 'string' ? 0 : one.Plan?.['Total Cost']))
  return costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0)
}

const shown = new Set([
  'Node Type',
  'Relation Name',
  'Index Name',
  'Total Cost',
  'Plan Rows',
  'Actual Rows',
  'Actual Loops',
  'Actual Total Time',
  'Plans',
])

const nodeOf = (node: Named): PlanNode => {
  const loops = node['Actual Loops'] ?? null
  const time = node['Actual Total Time']
  const rows = node['Actual Rows']
  return {
    operation: node['Node Type'],
    object: node['Relation Name'] ?? node['Index Name'] ?? node['Function Name'] ?? node['CTE Name'] ?? null,
    cost: node['Total Cost'] ?? null,
    rows_estimated: node['Plan Rows'] ?? null,
    // The server gives both for one loop.
    rows_actual: rows === undefined ? null : Math.round(rows * (loops ?? 1)),
    duration_ms: time === undefined ? null : Math.round(time * (loops ?? 1) * 1000) / 1000,
    loops,
    details: detailsOf(Object.fromEntries(Object.entries(node).filter(([key]) => !shown.has(key)))),
    children: (node.Plans ?? []).map(nodeOf),
  }
}

const detailsOf = (node: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(node)
      .filter(([, value]) => value !== 0 && value !== false)
      .map(([key, value]) => [key, textOf(value)]),
  )

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(', ')
  return JSON.stringify(value)
}
