/** Closes the sidebar where it lies over the page; what it opened would otherwise be under it. */
export const closeSidebar = (): void => {
  const sidebar = document.getElementById('sidebar')
  if (sidebar?.matches(':popover-open')) sidebar.hidePopover()
}
