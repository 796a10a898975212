import { icons } from '#lib/connectors/icons.gen'
import classes from './connector-logo.module.css'

interface ConnectorLogoProps {
  type: string
  /** Its letters stand in where a brand has no logo. */
  name: string
  /** Side of the tile in pixels. */
  size?: number
}

/** A connector's logo, or its monogram. Decorative: the name always stands beside it. */
export const ConnectorLogo = ({ type, name, size = 32 }: ConnectorLogoProps) => {
  const icon = Object.hasOwn(icons, type) ? icons[type] : undefined
  const inner = Math.round(size * 0.62)
  return (
    <span className={classes.tile} style={{ width: size, height: size, fontSize: size * 0.36 }} aria-hidden="true">
      {icon ? (
        // biome-ignore lint/performance/noImgElement: a data URI of a kilobyte has nothing to optimise
        <img src={imageOf(icon)} width={inner} height={inner} alt="" draggable={false} />
      ) : (
        monogramOf(name)
      )}
    </span>
  )
}

// As an image, an SVG can neither run scripts nor load anything, whatever is in it.
const imageOf = (svg: string): string => `data:image/svg+xml,${encodeURIComponent(svg)}`

const monogramOf = (name: string): string =>
  name
    .split(/[\s_-]+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('')
