interface NextFrame {
  /** With the next picture, however often it is asked. */
  ask(): void
  /** At once, instead. */
  now(): void
}

/** In a page that nobody looks at there are no frames; then so often. */
const hidden_ms = 250

/** Calls it once per frame at most. */
export const onNextFrame = (call: () => void): NextFrame => {
  let drop: (() => void) | undefined
  const now = () => {
    drop?.()
    drop = undefined
    call()
  }
  return { now, ask: () => (drop ??= plan(now)) }
}

const plan = (call: () => void): (() => void) => {
  const timer = setTimeout(call, typeof requestAnimationFrame === 'undefined' ? 16 : hidden_ms)
  if (typeof requestAnimationFrame === 'undefined') return () => clearTimeout(timer)
  const frame = requestAnimationFrame(call)
  return () => {
    clearTimeout(timer)
    cancelAnimationFrame(frame)
  }
}
