/** Where a click leads: only a plain one, on a link that would replace this page. */
export const linkOf = (event: MouseEvent): string | undefined => {
  if (
    event.defaultPrevented ||
    event.button !== 0 ||
    event.metaKey ||
    event.ctrlKey ||
    event.shiftKey ||
    event.altKey
  ) {
    return undefined
  }
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null
  if (!(link instanceof HTMLAnchorElement) || link.target === '_blank' || link.hasAttribute('download'))
    return undefined
  const url = new URL(link.href, window.location.href)
  const isElsewhere = url.origin !== window.location.origin || url.pathname !== window.location.pathname
  return isElsewhere ? url.href.replace(window.location.origin, '') : undefined
}
