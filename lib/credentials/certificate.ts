import { X509Certificate } from 'node:crypto'

/** What a certificate in the public part says of itself, for people; it is checked where it is used. */
export interface CertificateFacts {
  subject: string
  issuer: string
  expires_at: string
}

const fields = ['client_certificate', 'certificate'] as const

export const certificateOf = (config: Record<string, unknown>): CertificateFacts | null => {
  const pem = fields.map((name) => config[name]).find((value) => typeof value === 'string')
  if (typeof pem !== 'string') return null
  try {
    const { subject, issuer, validTo } = new X509Certificate(pem)
    return { subject: lineOf(subject), issuer: lineOf(issuer), expires_at: new Date(validTo).toISOString() }
  } catch {
    // Text that only looks like a certificate has no facts.
    return null
  }
}

// OpenSSL puts each part on a line of its own.
const lineOf = (name: string): string => name.split('\n').join(', ').replace(/\p{C}/gu, '').slice(0, 256)
