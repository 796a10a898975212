import { airflowOf, urlOf } from '../_dialects/texts.ts'
import { type Described, defineDialects, type Spoken } from '../contract.ts'
import { manifest } from './manifest.ts'

type Sftp = Described<(typeof manifest)['config'], (typeof manifest)['credentials'][number]>

export const dialects = defineDialects(manifest, {
  uri: (of) => withKey(of, urlOf('sftp', { ...placeOf(of), database: of.config.start_folder.replace(/^\//, '') })),
  airflow: (of) => {
    const { host, port, username: login, password } = placeOf(of)
    const extra = { private_key: keyOf(of)?.private_key, private_key_passphrase: keyOf(of)?.passphrase }
    return { text: airflowOf({ conn_type: 'sftp', host, port, login, password, extra }) }
  },
})

const keyOf = ({ credential }: Sftp) => (credential?.kind === 'password.ssh_key' ? credential : undefined)

const placeOf = ({ config: { host, port }, credential }: Sftp) => ({
  host,
  port,
  username: credential?.username ?? '',
  password: credential?.kind === 'password.basic' ? credential.password : undefined,
})

/** A key is a file beside the address; the server has to prove its own one either way. */
const withKey = (of: Sftp, text: string): Spoken => {
  const key = keyOf(of)?.private_key
  const pinned = of.config.host_key ? [`The server’s key is ${of.config.host_key}; refuse any other.`] : []
  if (key === undefined) return { text, notes: pinned }
  const name = `${of.conn_id}.key`
  return {
    text,
    files: { [name]: key },
    notes: [...pinned, `Write ${name}, readable by its owner only, and log in with it.`],
  }
}
