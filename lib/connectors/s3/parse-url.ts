import type { ParsedUrl } from '../contract.ts'

/** An `s3://bucket/prefix` address, or lines of an .env file with AWS_* names. Never throws: it may hold a secret. */
export const parseS3Text = (text: string): ParsedUrl | undefined => {
  if (text.length > 65_536) return undefined
  return readAddress(text.trim()) ?? readEnvironment(text)
}

const readAddress = (text: string): ParsedUrl | undefined => {
  const match = /^s3[an]?:\/\/([a-z0-9][a-z0-9._-]{1,61}[a-z0-9])(?:\/([^\s?#]*))?$/i.exec(text)
  if (!match) return undefined
  const [, bucket = '', key = ''] = match
  // What ends without a slash and with an ending is a file; the connection begins at its folder.
  const folder = /\.[a-z0-9]{1,8}$/i.test(key) ? key.replace(/[^/]*$/, '') : key
  const prefix = folder.replace(/\/+$/, '')
  return { config: { bucket, ...(prefix && { prefix }) }, credential: {}, notes: [] }
}

const readEnvironment = (text: string): ParsedUrl | undefined => {
  const found = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?(AWS_[A-Z0-9_]+|S3_BUCKET|S3_ENDPOINT)\s*=\s*(.*?)\s*$/.exec(line)
    const value = match?.[2]?.replace(/^(["'])(.*)\1$/, '$2')
    if (match?.[1] && value) found.set(match[1], value)
  }
  const key = found.get('AWS_ACCESS_KEY_ID')
  const region = found.get('AWS_REGION') ?? found.get('AWS_DEFAULT_REGION')
  const role = found.get('AWS_ROLE_ARN')
  const token = found.get('AWS_SESSION_TOKEN')
  if (key === undefined && role === undefined) return undefined
  const endpoint = found.get('AWS_ENDPOINT_URL_S3') ?? found.get('AWS_ENDPOINT_URL') ?? found.get('S3_ENDPOINT')
  const bucket = found.get('S3_BUCKET')
  const secret = found.get('AWS_SECRET_ACCESS_KEY')
  return {
    config: { ...(region && { region }), ...(endpoint && { endpoint }), ...(bucket && { bucket }) },
    kind: role !== undefined ? 'aws.assume_role' : token !== undefined ? 'aws.session' : 'aws.access_key',
    credential: {
      ...(key && { access_key_id: key }),
      ...(secret && { secret_access_key: secret }),
      ...(role === undefined && token && { session_token: token }),
      ...(role && { role_arn: role }),
    },
    notes: [],
  }
}
