/** Every error the product can answer with: HTTP status and the title of its problem document. */
export const errorTable = {
  invalid_request: { status: 400, title: 'Some fields are not valid' },
  unauthorized: { status: 401, title: 'Sign-in needed' },
  forbidden: { status: 403, title: 'Not allowed' },
  reauth_required: { status: 403, title: 'Recent sign-in needed' },
  destination_changed: { status: 403, title: 'The secret is sealed to another destination' },
  cross_site: { status: 403, title: 'Cross-site request refused' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  not_acceptable: { status: 406, title: 'Not acceptable' },
  conflict: { status: 409, title: 'Conflict' },
  name_taken: { status: 409, title: 'Name already taken' },
  in_use: { status: 409, title: 'Still in use' },
  setup_done: { status: 410, title: 'Already set up' },
  precondition_failed: { status: 412, title: 'Changed by someone else' },
  payload_too_large: { status: 413, title: 'Body too large' },
  unsupported_media_type: { status: 415, title: 'Send JSON' },
  unprocessable: { status: 422, title: 'Cannot be processed' },
  query_failed: { status: 422, title: 'The server refused the statement' },
  credential_locked: { status: 423, title: 'The credential is locked' },
  precondition_required: { status: 428, title: 'If-Match needed' },
  rate_limited: { status: 429, title: 'Too many requests' },
  cancelled: { status: 499, title: 'Cancelled' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  upstream_failed: { status: 502, title: 'The other system failed' },
  unavailable: { status: 503, title: 'Not available right now' },
  upstream_timeout: { status: 504, title: 'The other system did not answer in time' },
} as const satisfies Record<string, { status: number; title: string }>

export type ErrorCode = keyof typeof errorTable

/** One field that is wrong: a JSON pointer into the request body and a sentence for the person who typed it. */
export interface FieldError {
  pointer: string
  message: string
}

export interface AppErrorOptions extends ErrorOptions {
  /** Field errors, shown at their fields. */
  errors?: FieldError[]
  /** Safe, structured extras of the problem document (never a secret). */
  details?: Record<string, unknown>
  /** Seconds after which the same request may succeed; the answer's Retry-After. */
  retryAfter_s?: number
  /** The engine has left it in the trail. */
  isRecorded?: boolean
}

/** The only error the application throws on purpose. `message` is shown to the user, so it never holds a secret. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly errors: FieldError[] | undefined
  readonly details: Record<string, unknown> | undefined
  readonly retryAfter_s: number | undefined
  readonly isRecorded: boolean

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.errors = options.errors
    this.details = options.details
    this.retryAfter_s = options.retryAfter_s
    this.isRecorded = options.isRecorded ?? false
  }
}

const refusals: readonly ErrorCode[] = ['forbidden', 'reauth_required', 'destination_changed', 'credential_locked']

/** Whether somebody was kept from something, which is worth a line in the trail; other errors are mistakes and outages. */
export const isRefusal = ({ code }: AppError): boolean => refusals.includes(code)
