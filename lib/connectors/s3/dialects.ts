import { airflowOf, envOf } from '../_dialects/texts.ts'
import { type Described, defineDialects, type Spoken } from '../contract.ts'
import { manifest } from './manifest.ts'

type S3 = Described<(typeof manifest)['config'], (typeof manifest)['credentials'][number]>

export const dialects = defineDialects(manifest, {
  uri: (of) => ({ text: addressOf(of), notes: ['The address holds no login; take it from the fields or from env.'] }),
  airflow: (of) => {
    const { id, secret, token, role, external } = keysOf(of)
    const extra = {
      region_name: of.config.region,
      endpoint_url: of.config.endpoint,
      aws_session_token: token,
      role_arn: role,
      external_id: external,
    }
    return { text: airflowOf({ conn_type: 'aws', login: id, password: secret, extra }), notes: roleNotes(of) }
  },
  env: (of): Spoken => {
    const { id, secret, token } = keysOf(of)
    const { text, notes = [] } = envOf(['S3_URL', addressOf(of)], {
      AWS_ACCESS_KEY_ID: id,
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_SESSION_TOKEN: token,
      AWS_REGION: of.config.region,
      AWS_ENDPOINT_URL_S3: of.config.endpoint,
    })
    return { text, notes: [...notes, ...roleNotes(of)] }
  },
})

const addressOf = ({ config: { bucket = '', prefix } }: S3): string =>
  `s3://${bucket}/${prefix.split('/').map(encodeURIComponent).join('/')}`

const keysOf = ({ credential }: S3) => ({
  id: credential?.access_key_id,
  secret: credential?.secret_access_key,
  token: credential?.kind === 'aws.session' ? credential.session_token : undefined,
  role: credential?.kind === 'aws.assume_role' ? credential.role_arn : undefined,
  external: credential?.kind === 'aws.assume_role' ? credential.external_id : undefined,
})

const roleNotes = (of: S3): string[] => {
  const { role } = keysOf(of)
  return role === undefined ? [] : [`These keys assume ${role} first; what they may do themselves may be nothing.`]
}
