/** A panel of jacks with one cord patched across it. */
export const Logo = ({ size = 22 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="8.5" fill="var(--jf-accent)" />
    <g stroke="#fff" strokeWidth="1.75" strokeOpacity=".62">
      {emptyJacks.map(([x, y]) => (
        <circle key={`${x}-${y}`} cx={x} cy={y} r="2.35" />
      ))}
    </g>
    <path d="M8.5 11.2c0 11.5 15-1.9 15 9.6" stroke="#ffc857" strokeWidth="2.4" strokeLinecap="round" />
    <circle cx="8.5" cy="11" r="3.1" fill="#ffc857" />
    <circle cx="23.5" cy="21" r="3.1" fill="#ffc857" />
  </svg>
)

const emptyJacks = [
  [16, 10.2],
  [23.5, 11],
  [8.5, 21],
  [16, 21.8],
] as const
