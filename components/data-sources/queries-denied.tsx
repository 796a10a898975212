import { IconLock } from '@tabler/icons-react'
import classes from './explorer.module.css'
import type { ExplorerSource } from './explorer-source.ts'

/** Who sees what a source is made of does not always see what is in it. */
export const QueriesDenied = ({ source }: { source: ExplorerSource }) => (
  <div className={classes.nothing}>
    <IconLock size={28} stroke={1.3} aria-hidden />
    <p>
      You may see how {source.name} is built, but not read its rows. A builder, an integrator or somebody with the right
      to use this connection may; an admin can give you that.
    </p>
  </div>
)
