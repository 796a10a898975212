import { at, type CauseRow, type CauseTable, type PlaceFacts, setting, shell, text } from '../_test/causes.ts'
import { addressCauses } from './address-causes.ts'

/** What the sentences may mention: what was entered, and facts of an answer that cannot hold a secret. */
export interface HttpFacts extends PlaceFacts {
  /** Method and path of the request, without its parameters. */
  request?: string
  status?: number
  /** How the API asks to be logged in to, from WWW-Authenticate. */
  scheme?: string
  /** Seconds the API asks to wait. */
  wait?: number
  /** Host of the token URL. */
  issuer?: string
}

const asked = ({ request }: HttpFacts): string => request ?? 'The request'

const table = {
  ...addressCauses('the API', '/config/base_url'),
  'protocol.flood': {
    stage: 'request',
    field: '/config/base_url',
    sentence: (facts) => `${at(facts)} sent far more data than an API would; the connection was cut.`,
  },
  'http.not_tls': {
    stage: 'tls',
    field: '/config/base_url',
    sentence: (facts) =>
      `${at(facts)} does not speak https there. Check the port, or write http:// if it is meant to be unencrypted.`,
  },
  'http.malformed': {
    stage: 'request',
    field: '/config/base_url',
    sentence: (facts) =>
      `What ${at(facts)} answers is not valid HTTP/1.1 (${facts.detail ?? 'it could not be read'}), so nothing of it was used. Something in between may interfere.`,
  },
  'http.closed': {
    stage: 'request',
    field: '/config/base_url',
    sentence: (facts) =>
      `${at(facts)} closed the connection before its answer was complete. Try again; a proxy in between may cut it.`,
  },
  'http.timeout': {
    stage: 'request',
    field: '/config/timeout_s',
    sentence: (facts) => `${asked(facts)} was not answered in time. Raise the timeout, or ask for less at once.`,
  },
  'http.too_large': {
    stage: 'request',
    field: '/config/test_path',
    sentence: (facts) =>
      `The answer to ${asked(facts)} is too large to look into. Ask for less, with a smaller page for example.`,
  },
  'http.bomb': {
    stage: 'request',
    field: '/config/base_url',
    sentence: (facts) =>
      `The compressed answer of ${at(facts)} cannot be unpacked${facts.detail ? ` (${facts.detail})` : ''}; reading was stopped.`,
  },
  'http.redirect_elsewhere': {
    stage: 'request',
    field: '/config/base_url',
    sentence: ({ detail }) =>
      `The API sends us on to ${detail ?? 'another place'}, and a secret is not carried there. If that is the right place, make it the base URL.`,
    fix: ({ detail }) => (detail?.startsWith('http') ? setting(`base_url = ${detail}`) : null),
  },
  'http.redirect_refused': {
    stage: 'request',
    field: '/config/redirects',
    sentence: (facts) =>
      `${asked(facts)} was answered with a redirect (${facts.status ?? 302}), and redirects are switched off. Use the address it leads to, or follow redirects within the same origin.`,
  },
  'http.redirect_loop': {
    stage: 'request',
    field: '/config/base_url',
    sentence: () => 'The API redirects in a circle. Check the base URL and the path.',
  },
  'http.unauthorized': {
    stage: 'request',
    field: '/credential/secret',
    sentence: ({ scheme, ...facts }) =>
      `The API does not accept this login for ${asked(facts)} (401)${scheme ? `; it asks for “${scheme}”` : ''}. Check the credential and that it is of the right kind.`,
  },
  'http.login_missing': {
    stage: 'request',
    field: '/credential/secret',
    sentence: ({ scheme, ...facts }) =>
      `${asked(facts)} needs a login (401)${scheme ? `; the API asks for “${scheme}”` : ''}. Choose a credential.`,
  },
  'http.forbidden': {
    stage: 'request',
    field: '/credential/secret',
    sentence: (facts) =>
      `The login is known, but may not do this: ${asked(facts)} was refused (403). Give it the right or scope, or test another path.`,
  },
  'http.not_found': {
    stage: 'request',
    field: '/config/test_path',
    sentence: (facts) =>
      `There is nothing at ${asked(facts)} (404). Check the base URL and the path; some APIs also say so to a login that may not see it.`,
  },
  'http.method_not_allowed': {
    stage: 'request',
    field: '/config/test_method',
    sentence: (facts) => `The API does not take ${asked(facts)} (405). Choose another method.`,
  },
  'http.rate_limited': {
    stage: 'request',
    field: '/config/requests_per_second',
    sentence: ({ wait }) =>
      `The API has had too many requests (429)${wait === undefined ? '' : ` and asks to wait ${wait} ${wait === 1 ? 'second' : 'seconds'}`}. Try again later, or set fewer requests a second.`,
  },
  'http.server_error': {
    stage: 'request',
    field: null,
    sentence: (facts) =>
      `The API itself failed at ${asked(facts)} (${facts.status ?? 500}). Its operator’s status page or log says why; try again later.`,
  },
  'http.unexpected_status': {
    stage: 'request',
    field: '/config/test_status',
    sentence: (facts) =>
      `${asked(facts)} was answered with ${facts.status ?? 'another status'}${facts.detail ? ` instead of ${facts.detail}` : ''}. Check the path, or expect this status.`,
  },
  'http.login_page': {
    stage: 'request',
    field: '/config/base_url',
    sentence: (facts) =>
      `${asked(facts)} was answered with a web page instead of data, probably one to sign in at. Use the address of the API, not of the website.`,
  },
  'http.not_json': {
    stage: 'request',
    field: '/config/test_path',
    sentence: (facts) =>
      `The answer to ${asked(facts)} is not JSON${facts.detail ? ` but ${facts.detail}` : ''}. Check the path.`,
  },
  'http.path_missing': {
    stage: 'request',
    field: '/config/test_json_path',
    sentence: ({ detail }) =>
      `The answer has nothing at ${detail ?? 'this path'}. Check the path; names are case-sensitive.`,
  },
  'auth.bad_characters': {
    stage: 'request',
    field: '/credential/secret',
    sentence: () =>
      'The credential holds a line break or another character that no header can carry. Type it again without.',
  },
  'auth.bad_header': {
    stage: 'request',
    field: '/credential/name',
    sentence: ({ detail }) =>
      `The header “${detail ?? ''}” is set by Jackfield itself and cannot carry a key. Choose another one.`,
  },
  'auth.incomplete': {
    stage: 'request',
    field: '/credential/secret',
    sentence: () => 'The credential holds no secret yet. Type it, or choose another credential.',
  },
  'oauth.unreachable': {
    stage: 'authenticate',
    field: '/credential/token_url',
    sentence: ({ issuer, detail }) =>
      `The token URL at ${issuer ?? 'this host'} could not be used: ${detail ?? 'it does not answer'}.`,
  },
  'oauth.plain': {
    stage: 'authenticate',
    field: '/credential/token_url',
    sentence: () => 'The token URL is not encrypted (http), so the client secret was not sent. Use https.',
  },
  'oauth.invalid_client': {
    stage: 'authenticate',
    field: '/credential/client_secret',
    sentence: ({ issuer }) =>
      `${issuer ?? 'The provider'} does not know this client id or does not accept its secret (invalid_client). Check both, and whether the secret is to be sent in the header or in the body.`,
  },
  'oauth.invalid_scope': {
    stage: 'authenticate',
    field: '/credential/scopes',
    sentence: ({ issuer }) =>
      `${issuer ?? 'The provider'} does not give this client the scopes asked for (invalid_scope). Check their spelling, or allow them there.`,
  },
  'oauth.unauthorized_client': {
    stage: 'authenticate',
    field: '/credential/client_id',
    sentence: ({ issuer }) =>
      `${issuer ?? 'The provider'} does not let this client get tokens by itself (unauthorized_client). Allow the client credentials grant for it.`,
    fix: () => text('Allow the grant type “client_credentials” for this client at the provider.'),
  },
  'oauth.invalid_target': {
    stage: 'authenticate',
    field: '/credential/audience',
    sentence: ({ issuer }) => `${issuer ?? 'The provider'} does not know this audience. Check it.`,
  },
  'oauth.refused': {
    stage: 'authenticate',
    field: '/credential/token_url',
    sentence: ({ issuer, detail, status }) =>
      `${issuer ?? 'The provider'} gave no token (${detail ?? status ?? 'no reason given'}). Check the token URL and the client.`,
  },
  'oauth.no_token': {
    stage: 'authenticate',
    field: '/credential/token_url',
    sentence: ({ issuer }) =>
      `What ${issuer ?? 'the token URL'} answers is no token. Check that it is the token URL and not a page.`,
    fix: ({ issuer }) =>
      issuer ? shell(`curl https://${issuer}/.well-known/openid-configuration   # names the token_endpoint`) : null,
  },
} as const satisfies Record<string, CauseRow<HttpFacts>>

export type HttpCode = keyof typeof table

/** Every way a request to an API fails that we can tell apart, for connectors that speak HTTP. */
export const causes: CauseTable<HttpFacts, HttpCode> = table
