import { airflowOf, encode, envOf } from '../_dialects/texts.ts'
import { type Described, defineDialects } from '../contract.ts'
import { manifest } from './manifest.ts'

type Http = Described<(typeof manifest)['config'], (typeof manifest)['credentials'][number]>

export const dialects = defineDialects(manifest, {
  uri: (of) => ({ text: addressOf(of), notes: loginNotes(of) }),
  airflow: (of) => {
    const { hostname, port, protocol } = new URL(of.config.base_url)
    const { username: login, password } = basicOf(of)
    const place = { conn_type: 'http', host: hostname, schema: protocol.replace(':', ''), login, password }
    return {
      text: airflowOf({ ...place, ...(port && { port: Number(port) }), extra: headersOf(of) }),
      notes: loginNotes(of),
    }
  },
  env: (of) => {
    const { username, password } = basicOf(of)
    const { text, notes = [] } = envOf(['BASE_URL', of.config.base_url], {
      API_USERNAME: username,
      API_PASSWORD: password,
      API_TOKEN: of.credential?.kind === 'api_key.bearer' ? of.credential.token : undefined,
      API_KEY: of.credential?.kind === 'api_key.key' ? of.credential.api_key : undefined,
    })
    return { text, notes: [...notes, ...loginNotes(of)] }
  },
})

const basicOf = ({ credential }: Http) =>
  credential?.kind === 'password.basic' ? credential : { username: undefined, password: undefined }

/** Basic authentication stands in the address, as every client takes it; any other login does not. */
const addressOf = (of: Http): string => {
  const { username, password } = basicOf(of)
  if (username === undefined && password === undefined) return of.config.base_url
  return of.config.base_url.replace('://', `://${encode(username ?? '')}:${encode(password ?? '')}@`)
}

const headersOf = ({ config, credential }: Http) => ({
  ...config.request_headers,
  ...(credential?.kind === 'api_key.bearer' && { Authorization: `Bearer ${credential.token ?? ''}` }),
})

const loginNotes = ({ credential }: Http): string[] =>
  credential === undefined || credential.kind === 'password.basic'
    ? []
    : ['The address holds no login; take it from the fields.']
