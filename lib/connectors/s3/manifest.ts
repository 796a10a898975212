import * as z from 'zod'
import { certificateFields } from '../_http/fields.ts'
import { defineConnector, field } from '../contract.ts'
import { bucketName, endpointUrl, keyPrefix, regionName } from './fields.ts'
import { parseS3Text } from './parse-url.ts'
import { presets } from './presets.ts'

export const manifest = defineConnector({
  id: 's3',
  name: 'Amazon S3',
  summary:
    'Buckets of Amazon S3 and of every store that speaks its protocol: list them and look into CSV, JSON, Parquet and text.',
  category: 'storage',
  roles: ['source', 'destination'],
  status: 'available',
  keywords: [
    'aws',
    'amazon',
    'bucket',
    'object storage',
    'minio',
    'r2',
    'wasabi',
    'ceph',
    'files',
    'data lake',
    'parquet',
    'csv',
  ],
  config: z.strictObject({
    region: field(regionName.default('us-east-1'), {
      label: 'Region',
      placeholder: 'e.g. eu-central-1',
      help: 'Where the bucket is. Other stores take us-east-1 or auto unless they say otherwise.',
      group: 'Store',
      span: 6,
    }),
    bucket: field(bucketName.optional(), {
      label: 'Bucket',
      placeholder: 'e.g. analytics-exports',
      help: 'Left empty, all buckets of the account are listed, which needs a right of its own.',
      group: 'Store',
      span: 6,
    }),
    prefix: field(keyPrefix.default(''), {
      label: 'Prefix',
      placeholder: 'e.g. exports/daily',
      help: 'The connection begins there; what is outside of it is not shown.',
      group: 'Store',
      span: 12,
    }),
    endpoint: field(endpointUrl.optional(), {
      label: 'Endpoint',
      placeholder: 'e.g. https://s3.example.com',
      help: 'Only for stores other than Amazon’s. Requests go there and nowhere else; redirects to other hosts are not followed.',
      group: 'Other stores',
      span: 8,
    }),
    addressing: field(z.enum(['auto', 'path', 'virtual']).default('auto'), {
      label: 'Address of a bucket',
      help: 'Whether the bucket’s name stands in the path or in front of the host.',
      group: 'Other stores',
      widget: 'select',
      span: 4,
      options: {
        auto: { label: 'Automatic', help: 'In front of the host at Amazon, in the path elsewhere.' },
        path: { label: 'In the path', help: 'https://s3.example.com/bucket' },
        virtual: { label: 'In front of the host', help: 'https://bucket.s3.example.com' },
      },
    }),
    ...certificateFields,
  }),
  credentials: ['aws.access_key', 'aws.session', 'aws.assume_role'],
  loginOptional: true,
  capabilities: ['test', 'files'],
  presets,
  flat: {
    host: 'endpoint',
    schema: 'bucket',
    login: { kind: 'aws.access_key', field: 'access_key_id' },
    password: { kind: 'aws.access_key', field: 'secret_access_key' },
  },
  nodes: ['source_files', 'sink_files'],
  verifiedAgainst: 'Ceph radosgw 16.2',
  summarize: ({ bucket, prefix, endpoint, region }) => {
    const place = bucket === undefined ? 'all buckets' : `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`
    return `${place} · ${endpoint === undefined ? region : endpoint.replace(/^https?:\/\//, '')}`
  },
  destination: ({ endpoint, region, ssl_mode, ssl_root_cert }) => {
    const url = new URL(endpoint ?? `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`)
    const isPlain = url.protocol === 'http:'
    return {
      scheme: 's3',
      host: url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, ''),
      port: Number(url.port) || (isPlain ? 80 : 443),
      tls: isPlain ? 'disable' : ssl_mode,
      ...(ssl_root_cert !== undefined && { trust: ssl_root_cert.replace(/\s+/g, '') }),
    }
  },
  parseUrl: parseS3Text,
})
