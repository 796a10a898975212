/** What one client may take of the server before it is shed (REL-9, API-1). */
export const webLimits = {
  /** All headers must have arrived. */
  headers_ms: 10_000,
  /** The whole request must have arrived; long answers are not affected. */
  request_ms: 30_000,
  /** How often sockets are looked at for the two deadlines above. */
  check_ms: 2_000,
  /** A socket on which nothing moves in either direction; longer than the longest silence of a connection test. */
  idle_ms: 120_000,
  keepAlive_ms: 15_000,
  requestsPerSocketMax: 1_000,
  headersMax_bytes: 16 * 1024,
  headersMax: 100,
  connectionsMax: 5_000,
  /** A sign-in form; every other body is limited by its own route. */
  signInBodyMax_bytes: 16 * 1024,
  /** After SIGTERM running requests may take this long before they are cut. */
  drain_ms: 7_000,
} as const

export type WebLimits = { readonly [name in keyof typeof webLimits]: number }
