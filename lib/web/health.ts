import { createHash, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'
import { problemResponse } from '#lib/api/problem'
import { env } from '#lib/config/env'
import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import { db } from '#lib/db/client'
import { engineStatus } from '#lib/engine/client'
import { metricsRegistry } from './metrics.ts'

/** `GET /api/health`: the process answers. It tells nothing else about itself (REL-15). */
export const healthAction = {
  summary: 'Whether the web server is alive',
  effect: 'read' as const,
  input: z.strictObject({}),
  output: z.object({ status: z.literal('ok') }),
  run: async () => ({ status: 'ok' as const }),
}

/** `GET /api/ready`: it can do its work, so a load balancer may send requests here. */
export const readyAction = {
  summary: 'Whether the database and the engine answer',
  effect: 'read' as const,
  input: z.strictObject({}),
  output: z.object({ status: z.literal('ready') }),
  run: async () => {
    await Promise.all([
      answers(db().$queryRaw`select 1`, 'The database does not answer.'),
      answers(engineStatus(), 'The engine does not answer.'),
    ])
    return { status: 'ready' as const }
  },
}

const patience_ms = 2_000

const answers = async (work: Promise<unknown>, sentence: string): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(reject, patience_ms, new Error('late'))
  })
  try {
    await Promise.race([work, late])
  } catch (cause) {
    throw new AppError('unavailable', sentence, { cause })
  } finally {
    clearTimeout(timer)
  }
}

/** `GET /api/metrics` for Prometheus, with a token of its own; closed until one is set. */
export const metrics = async (request: Request): Promise<Response> => {
  try {
    refuseStrangers(request, env().JACKFIELD_METRICS_TOKEN)
  } catch (error) {
    return problemResponse(error, newId('request'))
  }
  const registry = metricsRegistry()
  return new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } })
}

const refuseStrangers = (request: Request, token: string | undefined): void => {
  if (token === undefined) throw new AppError('not_found', 'Set JACKFIELD_METRICS_TOKEN to open the metrics.')
  if (isSame(request.headers.get('authorization') ?? '', `Bearer ${token}`)) return
  throw new AppError('unauthorized', 'Send the metrics token as “Authorization: Bearer …”.')
}

const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected))

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
