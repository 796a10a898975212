import { at, type CauseRow, type PlaceFacts, shell } from '../_test/causes.ts'

/** What goes wrong with encryption and certificates, for a connector's own table. `starttls` as openssl knows it, for protocols that switch. */
export const tlsCauses = (starttls?: string) => {
  const showCertificates = (facts: PlaceFacts) =>
    shell(
      `openssl s_client${starttls === undefined ? '' : ` -starttls ${starttls}`} -showcerts -connect ${at(facts)} </dev/null`,
    )
  return {
    'tls.name_mismatch': {
      stage: 'tls',
      field: '/config/host',
      sentence: ({ host, detail }: PlaceFacts) =>
        `The certificate is not made out to “${host}”${detail ? ` but to ${detail}` : ''}. Use one of those names as the host; “verify-ca” does not compare names.`,
    },
    'tls.expired': {
      stage: 'tls',
      field: '/config/ssl_mode',
      sentence: ({ detail }: PlaceFacts) =>
        `The server’s certificate is not valid today${detail ? ` (${detail})` : ''}. Renew it at the server, and check both clocks.`,
    },
    'tls.self_signed': {
      stage: 'tls',
      field: '/config/ssl_root_cert',
      sentence: () =>
        'The server’s certificate is self-signed. Paste it as the CA certificate to trust exactly this one.',
      fix: showCertificates,
    },
    'tls.untrusted': {
      stage: 'tls',
      field: '/config/ssl_root_cert',
      sentence: () =>
        'The server’s certificate was signed by an authority that is not trusted here. Paste that authority’s certificate as the CA certificate.',
      fix: showCertificates,
    },
    'tls.bad_root_cert': {
      stage: 'tls',
      field: '/config/ssl_root_cert',
      sentence: () => 'The CA certificate cannot be read. Paste the PEM text of one or more certificates.',
    },
    'tls.handshake': {
      stage: 'tls',
      field: '/config/ssl_mode',
      sentence: () =>
        'The encrypted connection could not be set up: the server and this machine have no TLS version (1.2 or newer) or cipher in common, or something in between interferes.',
    },
    'tls.client_key': {
      stage: 'tls',
      field: '/credential/client_key',
      sentence: () =>
        'The client certificate and its key cannot be used: one of them is not PEM text, they do not belong together, or the key’s passphrase is missing or wrong.',
      fix: () =>
        shell(
          'openssl x509 -noout -pubkey -in client.crt\nopenssl pkey -pubout -in client.key   # both must say the same',
        ),
    },
    'tls.client_half': {
      stage: 'tls',
      field: '/credential/client_key',
      sentence: () => 'A client certificate needs its key, and the key its certificate. Enter the one that is missing.',
    },
  } as const satisfies Record<string, CauseRow<PlaceFacts>>
}
export type TlsCode = keyof ReturnType<typeof tlsCauses>

/** Whether the server took our certificate for none of its own; with TLS 1.3 it says so after the handshake. */
export const isCertificateRejected = (code: unknown): boolean =>
  typeof code === 'string' && certificateAlerts.test(code)

const certificateAlerts =
  /^ERR_SSL_(TLSV1|TLSV13|SSLV3)_ALERT_(CERTIFICATE|UNKNOWN_CA|BAD_CERTIFICATE|UNSUPPORTED_CERT)/
