import { type Place, placeAt } from '../_http/address.ts'
import { type Trust, withPublicRoots } from '../_http/line.ts'
import { effectiveMode } from '../_tls/ssl.ts'
import type { Target } from '../contract.ts'
import type { manifest } from './manifest.ts'

export type S3Target = Target<(typeof manifest)['config'], (typeof manifest)['credentials'][number]>

/** Where requests go, and whether the bucket's name stands in front of the host. */
export interface Store extends Place {
  isVirtual: boolean
  isAmazon: boolean
}

const suffixOf = (region: string): string => `amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`

export const storeOf = ({ endpoint, region, bucket, addressing }: S3Target['config']): Store => {
  const isAmazon = endpoint === undefined
  // A dot in the name would not fit the certificate of all buckets.
  const fits = bucket !== undefined && /^[a-z0-9-]{3,63}$/.test(bucket)
  const isVirtual = bucket !== undefined && (addressing === 'virtual' || (addressing === 'auto' && isAmazon && fits))
  return { ...placeAt(endpoint ?? `https://s3.${region}.${suffixOf(region)}`), isVirtual, isAmazon }
}

/** Amazon's own service of the region; other stores answer at their one address. */
export const stsOf = (config: S3Target['config']): Place =>
  config.endpoint === undefined ? placeAt(`https://sts.${config.region}.${suffixOf(config.region)}`) : storeOf(config)

/** The host that is dialled: of the bucket, where its name stands in front. */
export const hostOf = ({ host, isVirtual }: Store, bucket: string | undefined): string =>
  isVirtual && bucket !== undefined ? `${bucket}.${host}` : host

export const trustOf = ({ ssl_mode, ssl_root_cert }: S3Target['config'], place: Place): Trust => ({
  ...place,
  mode: effectiveMode(ssl_mode, undefined),
  rootCert: ssl_mode === 'verify-full' ? withPublicRoots(ssl_root_cert) : undefined,
})
