import { pipelineKey } from '#lib/core/text'

/** Set by our web server from the socket (or a configured proxy); it overwrites whatever a client sends under this name. */
export const clientIpHeader = 'x-jackfield-client-ip'

/** Also set by our web server: the address a page was asked under, to come back to after signing in. */
export const wantedPathHeader = 'x-jackfield-path'

const pipelineHeader = 'jackfield-pipeline'

/** The pipeline a script says it works for; what cannot be one is not worth refusing a request. */
export const pipelineOf = (headers: Headers): { pipeline?: string } => {
  const named = pipelineKey.safeParse(headers.get(pipelineHeader))
  return named.success ? { pipeline: named.data } : {}
}

/** Where a request came from, for the audit trail and for keys that are tied to addresses. */
export const clientOf = (headers: Headers): { ip?: string; userAgent?: string } => {
  const ip = headers.get(clientIpHeader)
  const userAgent = headers.get('user-agent')
  return { ...(ip !== null && { ip }), ...(userAgent !== null && { userAgent: userAgent.slice(0, 256) }) }
}
