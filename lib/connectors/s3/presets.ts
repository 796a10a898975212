import type { Preset } from '../contract.ts'

export const presets = [
  {
    id: 'minio',
    name: 'MinIO',
    config: { region: 'us-east-1', addressing: 'path' },
    placeholders: { endpoint: 'e.g. https://minio.example.com:9000' },
    help: 'Make an access key for Jackfield in the console, with a policy for its bucket alone.',
    keywords: ['self-hosted'],
  },
  {
    id: 'r2',
    name: 'Cloudflare R2',
    config: { region: 'auto', addressing: 'path' },
    placeholders: { endpoint: 'e.g. https://0123456789abcdef.r2.cloudflarestorage.com' },
    help: 'The endpoint is on the bucket’s settings page; make an R2 token that reads this bucket and use its access key.',
    keywords: ['cloudflare'],
  },
  {
    id: 'wasabi',
    name: 'Wasabi',
    config: { addressing: 'path' },
    placeholders: { endpoint: 'e.g. https://s3.eu-central-1.wasabisys.com', region: 'e.g. eu-central-1' },
    help: 'Region and endpoint go together; both are in the bucket list.',
  },
  {
    id: 'ceph',
    name: 'Ceph (RADOS Gateway)',
    config: { region: 'us-east-1', addressing: 'path' },
    placeholders: { endpoint: 'e.g. https://rgw.example.com' },
    help: 'Use the key of a user made with radosgw-admin; roles work as well where STS is switched on.',
    keywords: ['radosgw', 'rook'],
  },
  {
    id: 'backblaze',
    name: 'Backblaze B2',
    config: { addressing: 'path' },
    placeholders: { endpoint: 'e.g. https://s3.eu-central-003.backblazeb2.com', region: 'e.g. eu-central-003' },
    help: 'The endpoint stands beside the bucket; an application key is what is called access key here.',
    keywords: ['b2'],
  },
  {
    id: 'spaces',
    name: 'DigitalOcean Spaces',
    config: { region: 'us-east-1', addressing: 'path' },
    placeholders: { endpoint: 'e.g. https://fra1.digitaloceanspaces.com' },
    help: 'Make a Spaces key limited to the bucket; the endpoint is that of its data centre.',
  },
  {
    id: 'hetzner',
    name: 'Hetzner Object Storage',
    config: { addressing: 'path' },
    placeholders: { endpoint: 'e.g. https://fsn1.your-objectstorage.com', region: 'e.g. fsn1' },
    help: 'Make S3 credentials in the project’s security settings; region and endpoint are named after the place.',
  },
] as const satisfies readonly Preset[]
