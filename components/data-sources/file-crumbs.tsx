import { IconChevronRight, IconHome } from '@tabler/icons-react'
import { crumbsOf, visibleName } from './file-names.ts'
import classes from './files.module.css'

/** The way from the start folder to this one; every step leads there. */
export const FileCrumbs = ({ path, onOpen }: { path: string; onOpen: (path: string) => void }) => {
  const crumbs = crumbsOf(path)
  return (
    <nav className={classes.crumbs} aria-label="Folders">
      <ol>
        <li>
          <button type="button" onClick={() => onOpen('')} aria-current={path === '' ? 'page' : undefined}>
            <IconHome size={15} stroke={1.7} aria-hidden />
            <span className={classes.home}>Start folder</span>
          </button>
        </li>
        {crumbs.map((crumb) => (
          <li key={crumb.path}>
            <IconChevronRight size={13} aria-hidden />
            <button
              type="button"
              onClick={() => onOpen(crumb.path)}
              aria-current={crumb.path === path ? 'page' : undefined}
            >
              <bdi>{visibleName(crumb.name)}</bdi>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  )
}
