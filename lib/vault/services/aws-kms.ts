import { AwsV4Signer } from 'aws4fetch'
import { KeyProblem } from '../key-problem.ts'
import { type Conversation, converse, serviceUrl, textIn } from './call.ts'
import type { KeyService } from './service.ts'
import { type KeySettings, needed } from './settings.ts'

const name = 'AWS KMS'
const arn = /^arn:aws[\w-]*:kms:([a-z0-9-]+):\d{12}:(key|alias)\/[\w/-]+$/

const hints = {
  AccessDeniedException: 'the user of JACKFIELD_KEYS_AWS_ACCESS_KEY_ID needs kms:Encrypt and kms:Decrypt on this key.',
  UnrecognizedClientException: 'JACKFIELD_KEYS_AWS_ACCESS_KEY_ID is not known there.',
  InvalidSignatureException: 'JACKFIELD_KEYS_AWS_SECRET_ACCESS_KEY does not belong to the access key.',
  ExpiredTokenException: 'JACKFIELD_KEYS_AWS_SESSION_TOKEN has expired.',
  InvalidCiphertextException: 'the wrapped key was changed, or was wrapped for another key of Jackfield.',
  IncorrectKeyException: 'another key of KMS wrapped it.',
  NotFoundException: 'there is no such key in this region.',
  DisabledException: 'the key is disabled. Enable it.',
  KMSInvalidStateException: 'the key is scheduled for deletion. Cancel that now.',
}

/** `aws-kms:<key ARN>`; the id of our key is the encryption context, so that it shows in CloudTrail, too. */
export const awsKms = (reference: string, settings: KeySettings): KeyService => {
  const region = arn.exec(reference)?.[1]
  if (region === undefined) throw new KeyProblem('refused', 'aws-kms: needs the ARN of a key: arn:aws:kms:…:key/…')
  const url = serviceUrl(
    settings.JACKFIELD_KEYS_AWS_ENDPOINT ?? `https://kms.${region}.amazonaws.com/`,
    'JACKFIELD_KEYS_AWS_ENDPOINT',
  )
  const ask = async (talk: Conversation, target: 'Encrypt' | 'Decrypt', input: object) => {
    const body = JSON.stringify({ KeyId: reference, ...input })
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${target}` }
    const sessionToken = settings.JACKFIELD_KEYS_AWS_SESSION_TOKEN
    const signed = await new AwsV4Signer({
      ...{ method: 'POST', url: url.href, headers, body, service: 'kms', region },
      accessKeyId: needed(settings, 'JACKFIELD_KEYS_AWS_ACCESS_KEY_ID', name),
      secretAccessKey: needed(settings, 'JACKFIELD_KEYS_AWS_SECRET_ACCESS_KEY', name),
      ...(sessionToken !== undefined && { sessionToken }),
    }).sign()
    return talk.call({ url, headers: Object.fromEntries(signed.headers), body, hints })
  }
  const context = (id: string) => ({ EncryptionContext: { 'jackfield:key': id } })
  return {
    async wrap(key, id) {
      const talk = converse(name)
      const answer = await ask(talk, 'Encrypt', { Plaintext: key.toString('base64'), ...context(id) })
      return { reference, wrapped: textIn(talk, answer, 'CiphertextBlob') }
    },
    async unwrap(wrapped, id) {
      const talk = converse(name)
      const answer = await ask(talk, 'Decrypt', { CiphertextBlob: wrapped, ...context(id) })
      return Buffer.from(textIn(talk, answer, 'Plaintext'), 'base64')
    },
  }
}
