import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { type Ask, serviceKey, startStandIn, textOf } from './stand-in.ts'

export const awsAccount = { id: 'AKIAJACKFIELDTEST000', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYtestsecret' }
export const awsArn = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'

/** KMS as its API reference describes it: Encrypt and Decrypt, for whoever signs with the right secret. */
export const startAws = () => {
  const keys = new Map([awsArn, `${awsArn}0`].map((arn) => [arn, serviceKey()]))
  return startStandIn({
    forbidden: { __type: 'AccessDeniedException', message: 'User is not authorized to perform: kms:Decrypt' },
    otherKey: { KeyId: awsArn, Plaintext: Buffer.alloc(32, 7).toString('base64') },
    answer(ask) {
      if (!isSignedBy(ask, awsAccount.secret)) return refusal(400, 'InvalidSignatureException')
      const input = JSON.parse(ask.body)
      const key = keys.get(textOf(input.KeyId))
      if (!key) return refusal(400, 'NotFoundException')
      const context = JSON.stringify(Object.entries(input.EncryptionContext).sort())
      if (ask.headers['x-amz-target'] === 'TrentService.Encrypt') {
        const sealed = key.encrypt(Buffer.from(textOf(input.Plaintext), 'base64'), context)
        return { status: 200, body: { KeyId: input.KeyId, CiphertextBlob: sealed.toString('base64') } }
      }
      const opened = key.decrypt(Buffer.from(textOf(input.CiphertextBlob), 'base64'), context)
      if (!opened) return refusal(400, 'InvalidCiphertextException')
      return { status: 200, body: { KeyId: input.KeyId, Plaintext: opened.toString('base64') } }
    },
  })
}

const refusal = (status: number, type: string) => ({ status, body: { __type: type, message: '' } })

const shape =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/

/** Signature Version 4, from AWS's description of it and not from the library that signs. */
export const isSignedBy = ({ method, url, headers, body }: Ask, secret: string): boolean => {
  const [, account, day, region, service, signedHeaders, signature] = shape.exec(headers.authorization ?? '') ?? []
  if (account === undefined || signedHeaders === undefined || signature === undefined) return false
  if (!['host', 'x-amz-date'].every((name) => signedHeaders.split(';').includes(name))) return false
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const lines = signedHeaders.split(';').map((name) => `${name}:${textOf(headers[name]).trim().replace(/ +/g, ' ')}`)
  const query = [...url.searchParams].map((pair) => pair.map(encodeURIComponent).join('=')).sort()
  const canonical = [method, url.pathname, query.join('&'), ...lines, '', signedHeaders, sha256(body)].join('\n')
  const scope = `${day}/${region}/${service}/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', textOf(headers['x-amz-date']), scope, sha256(canonical)].join('\n')
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (key, part) => hmac(key, part ?? ''),
    `AWS4${secret}`,
  )
  return timingSafeEqual(hmac(key, toSign), Buffer.from(signature, 'hex'))
}
