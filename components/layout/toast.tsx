import type { NotificationData } from '@mantine/notifications'

let wanted = false
const listeners = new Set<() => void>()

/** Whether any toast was shown on this page yet. */
export const toastsWanted = {
  get: () => wanted,
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}

/** Says what happened in the corner of the page; showing the same `id` again replaces the sentence. */
export const showToast = async (toast: NotificationData & { id: string }): Promise<void> => {
  wanted = true
  for (const listener of listeners) listener()
  const { notifications, notificationsStore } = await import('@mantine/notifications')
  const { notifications: shown, queue } = notificationsStore.getState()
  const isShown = [...shown, ...queue].some(({ id }) => id === toast.id)
  notifications[isShown ? 'update' : 'show']({ autoClose: 6_000, withBorder: false, loading: false, ...toast })
}

export const hideToast = async (id: string): Promise<void> => {
  const { notifications } = await import('@mantine/notifications')
  notifications.hide(id)
}
