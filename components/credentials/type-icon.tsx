import {
  IconApi,
  IconBrandAws,
  IconBrandAzure,
  IconBrandGoogle,
  IconBrandOauth,
  IconDatabase,
  IconPassword,
} from '@tabler/icons-react'
import type { CredentialType } from '#lib/credentials/kinds'
import classes from './credentials.module.css'

const icons = {
  aws: IconBrandAws,
  azure: IconBrandAzure,
  gcp: IconBrandGoogle,
  database: IconDatabase,
  api_key: IconApi,
  oauth: IconBrandOauth,
  password: IconPassword,
} as const satisfies Record<CredentialType, typeof IconApi>

/** Tells the types apart at a glance; the words stand beside it. */
export const TypeIcon = ({ type, size = 17 }: { type: CredentialType; size?: number }) => {
  const Icon = icons[type]
  return (
    <span className={classes.icon} style={{ width: size * 1.75, height: size * 1.75 }} aria-hidden>
      <Icon size={size} stroke={1.6} />
    </span>
  )
}
