import type { IncomingMessage, ServerResponse } from 'node:http'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'

export interface RequestMetrics {
  /** Counts a request under its pattern, never under its path: ids would make a series each. */
  observe(request: IncomingMessage, response: ServerResponse, pattern: string): void
}

// One registry per process, also where Next bundles this module a second time.
const holder = globalThis as typeof globalThis & { jackfieldMetrics?: Registry }

/** The registry behind `GET /api/metrics`. */
export const metricsRegistry = (): Registry => {
  if (!holder.jackfieldMetrics) {
    holder.jackfieldMetrics = new Registry()
    collectDefaultMetrics({ register: holder.jackfieldMetrics, prefix: 'jackfield_' })
  }
  return holder.jackfieldMetrics
}

export const createRequestMetrics = (): RequestMetrics => {
  const duration = new Histogram({
    name: 'jackfield_http_request_duration_seconds',
    help: 'Time from the last header of a request to the last byte of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [metricsRegistry()],
  })
  return {
    observe: (request, response, route) => {
      const started = performance.now()
      response.once('close', () => {
        const labels = { method: request.method ?? '', route, status: String(response.statusCode) }
        duration.observe(labels, (performance.now() - started) / 1000)
      })
    },
  }
}
