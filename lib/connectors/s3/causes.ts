import { addressCauses } from '../_http/address-causes.ts'
import { at, type CauseRow, type CauseTable, type PlaceFacts, setting, shell, text } from '../_test/causes.ts'

/** What the sentences and fixes may mention; all of it was entered by the person or is a fact of the answer. */
export interface FailureContext extends PlaceFacts {
  bucket: string
  prefix: string
  key: string
  region: string
  /** The region that the store names. */
  found?: string
  role?: string
  /** Minutes between the two clocks. */
  skew?: string
  /** The right that is missing, as policies call it. */
  action?: string
  status?: number
}

/** The smallest policy that lets a connection read. */
const policy = (bucket: string, prefix: string): string =>
  JSON.stringify(
    {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetBucketLocation'], Resource: `arn:aws:s3:::${bucket}` },
        {
          Effect: 'Allow',
          Action: 's3:GetObject',
          Resource: `arn:aws:s3:::${bucket}/${prefix === '' ? '' : `${prefix}/`}*`,
        },
      ],
    },
    null,
    2,
  )

const table = {
  ...addressCauses('the store', '/config/endpoint'),
  'protocol.flood': {
    stage: 'authenticate',
    field: '/config/endpoint',
    sentence: (facts) => `${at(facts)} sent far more data than a store would; the connection was cut.`,
  },
  'protocol.not_s3': {
    stage: 'authenticate',
    field: '/config/endpoint',
    sentence: (facts) =>
      `What answers at ${at(facts)} does not speak S3${facts.status === undefined ? '' : ` (it answers ${facts.status})`}. Enter the address of the S3 API; a web console often has another port.`,
  },
  'protocol.closed': {
    stage: 'authenticate',
    field: '/config/endpoint',
    sentence: (facts) =>
      `${at(facts)} closed the connection before its answer was complete. Try again; a proxy in between may cut it.`,
  },
  'auth.key_unknown': {
    stage: 'authenticate',
    field: '/credential/access_key_id',
    sentence: ({ key }) =>
      `The store knows no access key “${key}”. It may have been deleted, or belongs to another account or store.`,
  },
  'auth.signature': {
    stage: 'authenticate',
    field: '/credential/secret_access_key',
    sentence: ({ key }) =>
      `The secret does not belong to the access key “${key}”. Enter it again, without spaces at its ends.`,
  },
  'auth.clock': {
    stage: 'authenticate',
    field: null,
    sentence: ({ skew }) =>
      `The clock of this machine and that of the store are ${skew ?? 'too far'} apart, and signatures are refused. Set the clock.`,
    fix: () => shell('timedatectl set-ntp true'),
  },
  'auth.expired': {
    stage: 'authenticate',
    field: '/credential/session_token',
    sentence: () =>
      'The temporary session has ended or its token is wrong. Enter a fresh key, secret and token; a role renews itself.',
  },
  'auth.no_secret': {
    stage: 'authenticate',
    field: '/credential/secret_access_key',
    sentence: () => 'The credential has no secret access key. Enter it; nothing of this machine is used instead.',
  },
  'auth.no_caller': {
    stage: 'role',
    field: '/credential/access_key_id',
    sentence: () =>
      'To assume a role somebody has to ask for it: enter an access key and its secret. The identity of this machine is never used.',
  },
  'auth.refused': {
    stage: 'authenticate',
    field: '/credential/access_key_id',
    sentence: ({ status }) =>
      `The store refused the login${status === undefined ? '' : ` (${status})`}. Its log says why.`,
  },
  'auth.timeout': {
    stage: 'authenticate',
    field: '/config/endpoint',
    sentence: (facts) => `${at(facts)} did not answer in time.`,
  },
  'role.refused': {
    stage: 'role',
    field: '/credential/role_arn',
    sentence: ({ role, key }) =>
      `“${key}” may not assume ${role ?? 'the role'}, or there is no such role. Its trust policy has to name this caller, the external id has to be the same, and the caller’s secret right.`,
    fix: () =>
      setting(
        JSON.stringify(
          {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: '<ARN of the caller>' },
                Action: 'sts:AssumeRole',
                Condition: { StringEquals: { 'sts:ExternalId': '<external id>' } },
              },
            ],
          },
          null,
          2,
        ),
      ),
  },
  'role.not_sts': {
    stage: 'role',
    field: '/config/endpoint',
    sentence: (facts) =>
      `${at(facts)} does not hand out temporary keys for roles (STS). Switch it on there, or use an access key.`,
  },
  'region.wrong': {
    stage: 'bucket',
    field: '/config/region',
    sentence: ({ bucket, found, region }) =>
      found
        ? `“${bucket}” is in ${found}, not in ${region}. Choose that region.`
        : `“${bucket}” is not in ${region}. Choose the region that it was made in.`,
    fix: ({ found }) => (found ? setting(`region = ${found}`) : null),
  },
  'bucket.not_found': {
    stage: 'bucket',
    field: '/config/bucket',
    sentence: ({ bucket }) => `The login works, but there is no bucket “${bucket}” here.`,
  },
  'bucket.denied': {
    stage: 'bucket',
    field: '/config/bucket',
    sentence: ({ bucket, action, key }) =>
      bucket === ''
        ? `“${key}” may not list the buckets of the account (${action ?? 's3:ListAllMyBuckets'}). Enter a bucket, or allow it.`
        : `“${key || 'anybody'}” may not list “${bucket}” (${action ?? 's3:ListBucket'}). Some stores say the same of a wrong key or secret.`,
    fix: ({ bucket, prefix }) =>
      bucket === '' ? text('Enter the name of one bucket.') : setting(policy(bucket, prefix)),
  },
  'bucket.failed': {
    stage: 'bucket',
    field: '/config/bucket',
    sentence: ({ status }) =>
      `The store could not list what was asked for${status === undefined ? '' : ` (${status})`}. Try again; its log says why.`,
  },
} as const satisfies Record<string, CauseRow<FailureContext>>

export type CauseCode = keyof typeof table

/** Every way an S3 connection fails that we can tell apart: where, which field, what to say, what to copy. */
export const causes: CauseTable<FailureContext, CauseCode> = table
