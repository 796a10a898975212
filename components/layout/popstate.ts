type Listener = (event: PopStateEvent) => void

const listeners = new Set<Listener>()

// The browser tells listeners on the window in the order in which they came, whatever they ask for. Next adds its own when
// the page has come alive, so this one is there first: it stands in a file that every page loads before.
if (typeof window !== 'undefined') {
  window.addEventListener('popstate', (event) => {
    for (const listener of listeners) listener(event)
  })
}

/** Hears of the browser's back and forward before Next does, and can keep it from hearing; answers how to stop. */
export const onPopState = (listener: Listener): (() => void) => {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}
