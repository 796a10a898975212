import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

export interface Pair {
  key: string
  certificate: string
}

export interface Certificates {
  /** The authority that is trusted in the tests, and one that is not. */
  authority: string
  otherAuthority: string
  good: Pair
  wrongName: Pair
  otherCa: Pair
  expired: Pair
  selfSigned: Pair
  ipOnly: Pair
  /** Of logins: their common name is `<name>.test`. */
  client: Pair
  otherClient: Pair
  foreignClient: Pair
}

/** Fresh keys and certificates for every way a server can present itself. */
export const makeCertificates = (): Certificates => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jackfield-certificates-'))
  const openssl = (...args: string[]) => {
    const done = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' })
    if (done.status !== 0) throw new Error(`openssl ${args[0]} failed: ${done.stderr}`)
  }
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8')
  const newKey = (name: string) =>
    openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', `${name}.key`)
  const selfSign = (name: string, subject: string, extension: string) => {
    newKey(name)
    openssl(
      'req',
      '-x509',
      '-new',
      '-key',
      `${name}.key`,
      '-out',
      `${name}.pem`,
      '-days',
      '30',
      '-subj',
      subject,
      '-addext',
      extension,
    )
    return { key: read(`${name}.key`), certificate: read(`${name}.pem`) }
  }
  const sign = (name: string, authority: string, names: string, dates: string[] = ['-days', '30']): Pair => {
    newKey(name)
    writeFileSync(path.join(folder, `${name}.ext`), `subjectAltName=${names}\nbasicConstraints=CA:false\n`)
    openssl('req', '-new', '-key', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}.test`)
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      `${authority}.pem`,
      '-CAkey',
      `${authority}.key`,
      '-CAcreateserial',
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
      ...dates,
    )
    return { key: read(`${name}.key`), certificate: read(`${name}.pem`) }
  }
  try {
    const authority = selfSign('ca', '/CN=Test authority', 'keyUsage=critical,keyCertSign').certificate
    const otherAuthority = selfSign('other', '/CN=Other authority', 'keyUsage=critical,keyCertSign').certificate
    return {
      authority,
      otherAuthority,
      good: sign('good', 'ca', 'DNS:localhost'),
      wrongName: sign('wrong', 'ca', 'DNS:elsewhere.test'),
      otherCa: sign('foreign', 'other', 'DNS:localhost'),
      expired: sign('expired', 'ca', 'DNS:localhost', ['-days', '-1']),
      selfSigned: selfSign('self', '/CN=localhost', 'subjectAltName=DNS:localhost'),
      ipOnly: sign('ip', 'ca', 'IP:127.0.0.1'),
      client: sign('etl', 'ca', 'DNS:etl.test'),
      otherClient: sign('somebody', 'ca', 'DNS:somebody.test'),
      foreignClient: sign('stranger', 'other', 'DNS:etl.test'),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
