import { icons } from '#lib/connectors/icons.gen'
import classes from './connector-logo.module.css'

interface ConnectorLogoProps {
  type: string
  /** Its letters stand in where a brand has no logo. */
  name: string
  /** Side of the tile in pixels. */
  size?: number
  /** An SVG that is not the connector's own, such as a provider's. */
  icon?: string | undefined
}

/** A connector's logo, or its monogram. Decorative: the name always stands beside it. */
export const ConnectorLogo = ({ type, name, size = 32, icon = ownIcon(type) }: ConnectorLogoProps) => {
  const inner = Math.round(size * 0.62)
  return (
    <span
      className={classes.tile}
      style={{ width: size, height: size, fontSize: Math.round(size * 0.36) }}
      aria-hidden="true"
    >
      {icon ? (
        // biome-ignore lint/performance/noImgElement: a data URI of a kilobyte has nothing to optimise
        <img src={imageOf(icon)} width={inner} height={inner} alt="" draggable={false} />
      ) : (
        monogramOf(name)
      )}
    </span>
  )
}

const ownIcon = (type: string): string | undefined => (Object.hasOwn(icons, type) ? icons[type] : undefined)

// As an image, an SVG can neither run scripts nor load anything, whatever is in it.
const imageOf = (svg: string): string => `data:image/svg+xml,${encodeURIComponent(svg)}`

/** An abbreviation in the name ("RDS"), else two initials, else the first two letters. */
const monogramOf = (name: string): string => {
  const abbreviation = /\b[A-Z]{2,3}\b/.exec(name)?.[0]
  const [first = '', second] = name.match(/[\p{L}\p{N}]+/gu) ?? []
  return abbreviation ?? (second ? first.charAt(0) + second.charAt(0).toUpperCase() : first.slice(0, 2))
}
